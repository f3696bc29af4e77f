import Cluster
import Containers
import Foundation
import MesosMessages
import Seccomp
import SwiftProtobuf
import TestSupport
import Testing

@testable import Agent

/// Isolation as operators and frameworks ask for it, by the API.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct IsolationTests {
    private func standalone(_ agent: AgentFixture, _ id: String, _ line: String, _ container: String) async throws -> String {
        let (status, answer) = try await agent.launch([id], line, more: #","container":{"type":"MESOS",\#(container)}"#)
        #expect(status == 200, "\(answer)")
        _ = try await agent.wait([id])
        return agent.output("\(agent.workDirectory)/containers/\(id)/stdout")
    }

    @Test(arguments: [
        (
            #""linux_info":{"bounding_capabilities":{"capabilities":["CHOWN","NET_RAW"]}}"#, "grep CapBnd /proc/self/status",
            "CapBnd:\t0000000000002001\n"
        ),
        (
            #""linux_info":{"effective_capabilities":{"capabilities":["KILL"]}}"#, "grep CapEff /proc/self/status",
            "CapEff:\t0000000000000020\n"
        ),
        (#""linux_info":{"seccomp":{"profile_name":"no-folders"}}"#, "mkdir x 2>/dev/null || echo refused", "refused\n"),
        (#""linux_info":{"seccomp":{"unconfined":true}}"#, "mkdir x && echo made", "made\n"),
        (#""linux_info":{"shm_size":5}"#, "df -m /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2", "5\n"),
        (#""rlimit_info":{"rlimits":[{"type":"RLMT_NOFILE","soft":64,"hard":128}]}"#, "ulimit -Sn; ulimit -Hn", "64\n128\n"),
    ])
    func whatAContainerAsksForItGets(container: String, line: String, expected: String) async throws {
        let folder = try Self.profiles()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let profiles = try SeccompProfiles(folder: folder, defaultName: nil)
        try await AgentFixture.run({
            $0.confinement.seccomp = profiles
        }) { agent in
            let output = try await standalone(agent, "one", line, container)
            #expect(output == expected)
        }
    }

    @Test(arguments: [
        (#""linux_info":{"seccomp":{"profile_name":"missing"}}"#, "no folder of profiles"),
        (#""linux_info":{"seccomp":{"profile_name":"../x"}}"#, "container.linux_info.seccomp.profile_name"),
        (#""linux_info":{"shm_size":0}"#, "container.linux_info.shm_size"),
        (#""rlimit_info":{"rlimits":[{"type":"RLMT_NOFILE","soft":2,"hard":1}]}"#, "soft limit above the hard"),
        (#""rlimit_info":{"rlimits":[{"type":"RLMT_OF_TOMORROW","soft":2,"hard":1}]}"#, "rlimits.type"),
        (#""linux_info":{"ipc_mode":"SHARE_PARENT"}"#, "ipc_mode"),
    ])
    func whatCannotBeIsRefusedByItsField(container: String, expected: String) async throws {
        try await AgentFixture.run { agent in
            let (status, answer) = try await agent.launch(["one"], "true", more: #","container":{"type":"MESOS",\#(container)}"#)
            #expect(status == 400 && answer.contains(expected), "\(status) \(answer)")
        }
    }

    /// By devices that are no GPUs, but as good to tell who may have them.
    @Test func gpusAreOfferedAndBelongToTheTasksThatHaveThem() async throws {
        let devices = ["/dev/zero", "/dev/full"]
        try await AgentFixture.run({
            $0.confinement.gpus = GPUDevices(devices)
        }) { agent in
            let offered = agent.master.subscriptions.last?.agent.resources.first { $0.name == "gpus" }
            #expect(offered?.scalar.value == 2)
            let look = devices.map { "(exec 3< \($0)) 2>/dev/null && echo yes || echo no" }.joined(separator: "; ")
            agent.launch([
                .sample("one", "\(look); sleep 1000") { $0.resources.append(.scalar("gpus", 1)) }, .sample("none", look),
            ])
            #expect(await agent.reaches("none", .taskFinished))
            #expect(agent.output("\(agent.sandbox("none"))/stdout") == "no\nno\n")
            #expect(await eventually { agent.output("\(agent.sandbox("one"))/stdout") == "yes\nno\n" })
            agent.launchGroup([.sample("of a group", look) { $0.resources.append(.scalar("gpus", 1)) }])
            #expect(await agent.reaches("of a group", .taskFinished))
            #expect(agent.output("\(agent.sandbox("pod"))/tasks/of a group/stdout") == "no\nyes\n")
            agent.launch([.sample("too many", look) { $0.resources.append(.scalar("gpus", 2)) }])
            #expect(await agent.reaches("too many", .taskFailed))
            #expect(agent.master.last("too many")?.message.contains("1 are free") == true)
        }
    }

    @Test func moreGPUsThanThereAreCannotBeOffered() async throws {
        let error = await #expect(throws: AgentError.self) {
            try await AgentFixture.run({
                $0.resources = try? Resources.parse("gpus:2")
                $0.confinement.gpus = GPUDevices(["/dev/zero"])
            }) { _ in }
        }
        #expect(error?.description.contains("--gpu-devices") == true)
    }

    @Test func aGPUThatIsNotThereCannotBeOffered() async throws {
        let error = await #expect(throws: AgentError.self) {
            try await AgentFixture.run({ $0.confinement.gpus = GPUDevices(["/dev/zero", "/dev/no-such"]) }) { _ in }
        }
        #expect(error?.description.contains("there is no device /dev/no-such") == true)
    }

    @Test func aTaskThatWritesTooMuchFailsForThatReason() async throws {
        try await AgentFixture.run({
            $0.diskWatchInterval = .milliseconds(20)
            $0.enforcesDiskLimits = true
        }) { agent in
            agent.launch([
                .sample("writer", "head -c 5m /dev/zero > file; sleep 1000") { $0.resources.append(.scalar("disk", 2)) }
            ])
            #expect(await agent.reaches("writer", .taskFailed))
            let update = try #require(agent.master.last("writer"))
            #expect(update.reason == .containerLimitationDisk)
            #expect(update.limitation.resources.map(\.name) == ["disk"] && update.limitation.resources.map(\.scalar.value) == [2])
            #expect(update.message.contains("Disk limit exceeded"))
        }
    }

    @Test func statisticsTellOfMemoryProcessesAndDisk() async throws {
        try await AgentFixture.run({
            $0.diskWatchInterval = .milliseconds(20)
        }) { agent in
            agent.launch([
                .sample("steady", "head -c 3m /dev/zero > file; sleep 1000 & sleep 1000") {
                    $0.resources.append(.scalar("disk", 64))
                    $0.limits = ["mem": .with { $0.value = 512 }]
                }
            ])
            #expect(await agent.reaches("steady", .taskRunning))
            var statistics: [String: Any] = [:]
            for _ in 0..<500 where statistics["disk_used_bytes"] as? Int ?? 0 < 3 << 20 {
                let (_, text) = try await agent.get("/containers")
                let list = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
                statistics = list?.first?["statistics"] as? [String: Any] ?? [:]
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(statistics["disk_used_bytes"] as? Int ?? 0 >= 3 << 20)
            #expect(statistics["disk_limit_bytes"] as? Int == 64 << 20)
            #expect(statistics["mem_limit_bytes"] as? Int == 512 << 20)
            #expect(statistics["processes"] as? Int ?? 0 >= 3 && statistics["threads"] as? Int ?? 0 >= 3)
            #expect((statistics["mem_soft_limit_bytes"] as? Int ?? 0) > 0)
        }
    }

    private static func profiles() throws -> String {
        let folder = NSTemporaryDirectory() + "agora-profiles-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}"#
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/no-folders"))
        return folder
    }
}
