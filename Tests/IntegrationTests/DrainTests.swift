import Foundation
import TestSupport
import Testing

/// Machines that are emptied, and what is seen of it, from the command line.
@Suite(.timeLimit(.minutes(2)), .enabled(if: geteuid() == 0))  // Containers need root.
struct DrainTests {
    private static func agora(_ local: AgoraLocal, _ command: String, _ arguments: String...) async throws -> Ended {
        await (try Program.agora([command, "--master", local.master] + arguments)).ended()
    }

    @Test func aMachineIsEmptiedAndUsedAgain() async throws {
        try await AgoraLocal.run { local in
            let events = try Program.agora(["events", "--master", local.master])
            #expect(await eventually { events.standardOutput.contains("1 machines, 0 frameworks, 0 tasks") })
            let task = try Program.agora(["run", "--master", local.master, "--name", "busy", "--", "sleep", "1000"])
            #expect(await eventually { events.standardOutput.contains("is TASK_RUNNING") }, "\(events.standardOutput)")

            let drained = try await Self.agora(local, "drain", "127.0.0.1", "--grace", "5s")
            #expect(drained.status == 0, "\(drained.errors)")
            #expect(drained.output == "127.0.0.1\n")
            #expect(await task.exitStatus() != nil, "what ran there has ended")
            let nodes = try await Self.agora(local, "nodes")
            #expect(nodes.output.contains("drained"), "\(nodes.output)")
            for line in ["is TASK_KILLED (agent draining)", "is draining", "is drained"] {
                #expect(await eventually { events.standardOutput.contains(line) }, "\(line) is not in \(events.standardOutput)")
            }

            let back = try await Self.agora(local, "undrain", "127.0.0.1")
            #expect(back.status == 0, "\(back.errors)")
            let again = try await Self.agora(local, "run", "--", "true")
            #expect(again.status == 0, "\(again.errors)")
            await events.stop()
        }
    }

    /// What was launched detached has no scheduler that could acknowledge its end.
    @Test func whatWasLeftRunningDoesNotKeepAMachine() async throws {
        try await AgoraLocal.run { local in
            _ = try await local.launch("web")
            #expect(try await Self.drain(of: local).isEmpty)
            #expect(try await Self.agora(local, "drain", "--no-wait", "--grace", "7s", "127.0.0.1").status == 0)
            #expect(try await eventually { try await Self.drain(of: local) == ["7000000000", "false"] })
            let ended = try await Self.agora(local, "drain", "--grace", "7s", "127.0.0.1")
            #expect(ended.status == 0 && ended.output == "127.0.0.1\n", "\(ended)")
            #expect(ended.errors.contains("left running by `agora run --detach`, has ended"), "\(ended)")
            #expect(try await eventually { try await Self.drain(of: local).isEmpty })
        }
    }

    /// The longest grace in nanoseconds, and whether it is to be gone: as the agent itself tells, the same in both its ways.
    private static func drain(of local: AgoraLocal) async throws -> [String] {
        let agent = "http://127.0.0.1:\(local.agentPort)"
        let call = ["-s", "-H", "Content-Type: application/json", "-d", #"{"type": "GET_AGENT"}"#, "\(agent)/api/v1"]
        let answers = [try await Program.run("curl", call).output, try await Program.run("curl", ["-s", "\(agent)/state"]).output]
        let found = answers.map { answer in
            answer.firstMatch(of: /"drain_config":{"max_grace_period":{"nanoseconds":(\d+)},"mark_gone":(\w+)}/).map { match in
                [String(match.1), String(match.2)]
            }
        }
        #expect(found[0] == found[1], "\(answers)")
        return found[0] ?? []
    }

    @Test func eventsMayEndWithWhatThereIs() async throws {
        try await AgoraLocal.run { local in
            let ended = try await Self.agora(local, "events", "--no-follow")
            let words = try #require(ended.output.wholeMatch(of: /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)  (.*)\n/)).2
            #expect(ended.status == 0 && words == "1 machines, 0 frameworks, 0 tasks", "\(ended)")
            #expect(try await Self.agora(local, "events", "--no-follow", "-o", "json").lines.count == 1)
            let followed = try Program.agora(["events", "-f", "--master", local.master])
            #expect(await followed.prints("1 machines"))
            await followed.stop()
        }
    }

    @Test func frameworksAreTornDown() async throws {
        try await AgoraLocal.run { local in
            let task = try Program.agora(["run", "--master", local.master, "--name", "busy", "--", "sleep", "1000"])
            let frameworks = "http://\(local.master)/frameworks"
            let isRunning = try await eventually {
                try await Program.run("curl", ["-s", frameworks]).output.contains("TASK_RUNNING")
            }
            #expect(isRunning)
            let list = try await Program.run("curl", ["-s", frameworks]).output
            let id = try #require(list.firstMatch(of: /"framework_id":"([^"]+)"/)?.1)
            let torn = try await Self.agora(local, "teardown", String(id))
            #expect(torn.status == 0, "\(torn.errors)")
            #expect(await task.exitStatus() != 0)
            let again = try await Self.agora(local, "teardown", String(id))
            #expect(again.status == 1)
            #expect(again.errors.contains("there is no framework"))
        }
    }

    @Test func wrongNamesAreExplained() async throws {
        try await AgoraLocal.run { local in
            let wrong = try await Self.agora(local, "drain", "127.0.0.2")
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("did you mean 127.0.0.1?"), "\(wrong.errors)")
            let senseless = try await Self.agora(local, "drain", "127.0.0.1", "--keep-tasks", "--mark-gone")
            #expect(senseless.status == 64)
            let nobody = await (try Program.agora(["events", "--master", "127.0.0.1:1"])).ended()
            #expect(nobody.status == 69)
        }
    }
}
