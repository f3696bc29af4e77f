import Agent
import Foundation
import MesosMessages
import SwiftProtobuf
import TestSupport
import Testing

/// What Mesos's own tests check of nested containers and of groups, where no other test of ours does. See docs/container-tests.md.
@Suite(.serialized) struct NestedContainerTests {
    /// A container whose command has a variable and a folder of its own.
    private static let parent = """
        {"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"top"},"command":{
        "value":"mkdir in; cd in; exec sleep 1000","environment":{"variables":[{"name":"OWN","value":"x y"}]}}}}
        """

    @Test func aSessionIsLikeItsParentAlsoAfterARestart() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let sandbox = "\(directory.path)/containers/top"
            let look = "echo $OWN; echo $MESOS_SANDBOX; pwd; env | grep -c ^OWN="
            let expected = "x y\n\(sandbox)\n\(sandbox)\n1\n"
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                let launched = try await agent.post(Self.parent).0
                #expect(launched == 200)
                #expect(try await agent.session(["top", "s"], look).rest().text(.stdout) == expected)
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                #expect(try await agent.session(["top", "t"], look).rest().text(.stdout) == expected)
                try await agent.launch(["top", "plain"], "env | grep -c ^OWN=; exit 0")
                _ = try await agent.wait(["top", "plain"])
                #expect(agent.output("\(sandbox)/containers/plain/stdout") == "0\n", "only sessions inherit variables")
            }
            await master.stop()
        }
    }

    @Test func aSessionSeesTheFilesOfItsParentWhateverMountsAProgramThereHas() async throws {
        try await AgentFixture.run { agent in
            let line = "unshare -m sh -c 'mount -t tmpfs none /mnt && touch /mnt/hidden && touch ready && sleep 1000' & sleep 1000"
            try await agent.launch(["top"], "touch mine; \(line)")
            #expect(await eventually { FileManager.default.fileExists(atPath: "\(agent.workDirectory)/containers/top/ready") })
            let output = try await agent.session(["top", "s"], "ls; ls /mnt | grep hidden; exit 0").rest()
            #expect(output.text(.stdout).split(separator: "\n").contains("mine") && !output.text(.stdout).contains("hidden"))
        }
    }

    @Test(arguments: [false, true]) func aCgroupOfItsOwnIsThereIfItIsNotShared(isShared: Bool) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let more = #","container":{"type":"MESOS","linux_info":{"share_cgroups":\#(isShared)}}"#
            #expect(try await agent.launch(["top", "a"], "sleep 1000", more: more).0 == 200)
            let list = try await agent.post(#"{"type":"GET_CONTAINERS","get_containers":{"show_nested":true,"show_standalone":true}}"#).1
            let containers = try #require(object(list, "get_containers", "containers") as? [NSDictionary])
            let pids = containers.compactMap { ($0["container_status"] as? NSDictionary)?["executor_pid"] as? Int }
            #expect(pids.count == 2)
            let places = try pids.map { pid in
                try String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8).split(separator: "\n").first {
                    $0.contains("memory") || $0.hasPrefix("0:")
                }
            }
            #expect((places[0] == places[1]) == isShared, "\(places)")
        }
    }

    @Test func eachLevelEndsByItself() async throws {
        try await AgentFixture.run { agent in
            let path = ["top", "child", "grandchild"]
            for depth in 1...3 { try await agent.launch(Array(path.prefix(depth)), "sleep 1000") }
            for depth in [3, 2] {
                let inner = Array(path.prefix(depth))
                #expect(try await agent.kill(inner) == 200)
                #expect(try await agent.wait(inner).1.contains(#""exit_status":9"#))
                // What has ended cannot be killed, and can be awaited again.
                #expect(try await agent.kill(inner) == 404)
                #expect(try await agent.wait(inner).1.contains(#""exit_status":9"#))
            }
            let list = try await agent.post(#"{"type":"GET_CONTAINERS","get_containers":{"show_nested":true,"show_standalone":true}}"#).1
            #expect((object(list, "get_containers", "containers") as? [Any])?.count == 1, "the outermost runs on")
        }
    }

    @Test func anotherMayHaveTheNameOfOneThatEnded() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            for status in [1, 2] {
                #expect(try await agent.launch(["top", "again"], "exit \(status)").0 == 200)
                #expect(try await agent.wait(["top", "again"]).1.contains("\"exit_status\":\(status << 8)"))
            }
        }
    }

    @Test func operatorsContainersOfAnyDepthNeedNothingButTheRuntimeFolder() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                try await agent.launch(["top"], "sleep 1000")
                try await agent.launch(["top", "child"], "sleep 1000")
            }
            try FileManager.default.removeItem(atPath: "\(directory.path)/meta")
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                let again = try await agent.launch(["top", "child"], "true").0
                #expect(again == 202)
                #expect(try await agent.kill(["top", "child"], signal: 15) == 200)
                #expect(try await agent.wait(["top", "child"]).1.contains(#""exit_status":15"#))
                #expect(try await agent.kill(["top"]) == 200)
                #expect(try await agent.wait(["top"]).1.contains(#""exit_status":9"#))
            }
            await master.stop()
        }
    }

    // MARK: Groups

    @Test func aTaskOfAGroupInheritsTheUserOfItsExecutorAndOwnsItsSandbox() async throws {
        try await AgentFixture.run { agent in
            agent.master.send(.launch) { event in
                event.launch.framework = .sample
                event.launch.framework.user = "nobody"
                event.launch.executor.executorID.value = "pod"
                event.launch.executor.type = .default
                event.launch.executor.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
                event.launch.tasks = [.sample("a", "id -un; touch mine; stat -c %U . mine")]
                event.launch.isGroup = true
            }
            #expect(await agent.reaches("a", .taskFinished), "\(agent.master.last("a")?.message ?? "")")
            #expect(agent.output("\(agent.sandbox("pod"))/tasks/a/stdout") == "nobody\nnobody\nnobody\n")
        }
    }

    @Test func aStatusShowsTheTasksOwnContainer() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([.sample("a", "sleep 1000"), .sample("b", "sleep 1000")])
            for task in ["a", "b"] { #expect(await agent.reaches(task, .taskRunning)) }
            let (a, b) = (agent.master.last("a")?.containerStatus, agent.master.last("b")?.containerStatus)
            let (first, second) = (try #require(a?.containerID), try #require(b?.containerID))
            #expect(first.hasParent && first.parent == second.parent && first.value != second.value)
        }
    }

    @Test func aTaskThatOverrunsItsTimeEndsItsGroup() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([
                .sample("slow", "sleep 1000") { $0.maxCompletionTime.nanoseconds = 300_000_000 }, .sample("other", "sleep 1000"),
            ])
            #expect(await agent.reaches("slow", .taskFailed))
            #expect(agent.master.last("slow")?.reason == .maxCompletionTimeReached)
            #expect(!agent.master.states("slow").contains(.taskKilling))
            #expect(await agent.reaches("other", .taskKilled))
        }
    }

    @Test func aKilledTaskIsKilledAlsoIfItEndsWell() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([.sample("kind", "trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done")])
            #expect(await eventually { agent.output("\(agent.sandbox("pod"))/tasks/kind/stdout") == "up\n" })
            #expect(await agent.reaches("kind", .taskRunning))
            agent.killTask("kind")
            #expect(await agent.reaches("kind", .taskKilled))
            #expect(agent.master.states("kind").suffix(2) == [.taskKilling, .taskKilled])
        }
    }

    @Test func allTasksOfAGroupMayBeKilledAtOnce() async throws {
        try await AgentFixture.run { agent in
            let tasks = (1...4).map { "t\($0)" }
            agent.launchGroup(tasks.map { .sample($0, "sleep 1000") })
            for task in tasks { #expect(await agent.reaches(task, .taskRunning)) }
            for task in tasks { agent.killTask(task) }
            for task in tasks { #expect(await agent.reaches(task, .taskKilled)) }
            #expect(await eventually { agent.master.exits.map(\.status) == [0] })
        }
    }

    @Test func groupsOfOneExecutorMaySeeItsProcessesAndItsFolder() async throws {
        try await AgentFixture.run { agent in
            let shared: (inout Mesos_V1_TaskInfo) -> Void = { task in
                task.container.type = .mesos
                task.container.linuxInfo.sharePidNamespace = true
                task.container.volumes = [
                    .with { volume in
                        volume.containerPath = "common"
                        volume.mode = .rw
                        volume.source = .with {
                            $0.type = .sandboxPath; $0.sandboxPath.type = .parent; $0.sandboxPath.path = "common"
                        }
                    }
                ]
            }
            agent.launchGroup([.sample("one", "readlink /proc/self/ns/pid > common/namespace; sleep 1000", shared)])
            #expect(await agent.reaches("one", .taskRunning))
            agent.launchGroup([
                .sample(
                    "two",
                    "until [ -s common/namespace ]; do sleep 0.01; done; readlink /proc/self/ns/pid | cmp - common/namespace",
                    shared
                )
            ])
            #expect(await agent.reaches("two", .taskFinished), "\(agent.output("\(agent.sandbox("pod"))/tasks/two/stdout"))")
        }
    }

    @Test func theEndOfAnExecutorsContainerEndsItsTasks() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([.sample("a", "sleep 1000")])
            #expect(await agent.reaches("a", .taskRunning))
            let container = try #require(agent.master.last("a")?.containerStatus.containerID)
            #expect(try await agent.kill([container.parent.value]) == 200)
            #expect(await eventually { agent.master.last("a")?.state.isOver == true })
            #expect(await eventually { (try? await agent.get("/containers").1) == "[]" })
        }
    }

    @Test func aTaskOfAGroupThatNeedsTooMuchMemoryIsToldWithItsLimit() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([
                .sample("hog", "x=$(head -c 300000000 /dev/zero | tr '\\0' x); exit 0") { task in
                    task.container.type = .mesos
                    task.container.linuxInfo.shareCgroups = false
                },
                .sample("other", "sleep 1000"),
            ])
            #expect(await agent.reaches("hog", .taskFailed))
            let last = try #require(agent.master.last("hog"))
            #expect(last.reason == .containerLimitationMemory)
            #expect(last.limitation.resources.first { $0.name == "mem" }?.scalar.value == 32)
            #expect(await agent.reaches("other", .taskKilled))
        }
    }

    // MARK: Broken clients

    @Test(arguments: [
        #"{"type":"ATTACH_CONTAINER_INPUT"}"#, #"{"type":"LAUNCH_NESTED_CONTAINER_SESSION"}"#,
        #"{"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"a","parent":{"value":"nobody"}}}}"#,
    ])
    func callsWithoutWhatTheyNeedAreRefused(call: String) async throws {
        try await AgentFixture.run { agent in
            let answer = try await agent.post(call)
            #expect((400..<500).contains(answer.0) && !answer.1.isEmpty, "\(answer)")
        }
    }
}

extension Mesos_V1_TaskState {
    fileprivate var isOver: Bool {
        [.taskFinished, .taskFailed, .taskKilled, .taskLost, .taskGone, .taskDropped, .taskError].contains(self)
    }
}
