import Agent
import Foundation
import MesosMessages
import SwiftProtobuf
import TestSupport
import Testing

/// Tasks and groups in real containers, from the master's launch to the last update.
@Suite(.serialized) struct TaskTests {
    @Test func runsATask() async throws {
        try await AgentFixture.run { agent in
            agent.launch([
                .sample("t1", "echo out; echo err >&2; echo $MESOS_TASK_ID $GREETING; exit 3") {
                    $0.command.environment.variables = [
                        .with {
                            $0.name = "GREETING"; $0.value = "hello"
                        }
                    ]
                }
            ])
            #expect(await agent.reaches("t1", .taskFailed))
            #expect(agent.master.states("t1") == [.taskStarting, .taskRunning, .taskFailed])
            #expect(agent.master.last("t1")?.message == "Command exited with status 3")
            #expect(agent.output("\(agent.sandbox("t1"))/stdout") == "out\nt1 hello\n")
            #expect(agent.output("\(agent.sandbox("t1"))/stderr") == "err\n")
            let shown = try await agent.get("/files/read?path=/frameworks/framework/executors/t1/runs/latest/stdout&offset=4&length=2")
            #expect(json(shown.1) == json(#"{"data":"t1","offset":4}"#))
        }
    }

    @Test func runsAGroupInOneSetOfContainers() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([
                .sample("writer", "echo shared > ../../data; sleep 1000"),
                .sample("reader", "while ! [ -s ../../data ]; do sleep 0.01; done; cat ../../data"),
            ])
            #expect(await agent.reaches("reader", .taskFinished))
            #expect(await agent.reaches("writer", .taskRunning))
            let pod = agent.sandbox("pod")
            #expect(agent.output("\(pod)/tasks/reader/stdout") == "shared\n")
            agent.killTask("writer")
            #expect(await agent.reaches("writer", .taskKilled))
            #expect(agent.master.states("writer") == [.taskStarting, .taskRunning, .taskKilling, .taskKilled])
            #expect(await eventually { agent.master.exits.map(\.status) == [0] })
        }
    }

    @Test func killsAGroupWhenOneFails() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([.sample("a", "sleep 0.2; exit 4"), .sample("b", "sleep 1000")])
            #expect(await agent.reaches("a", .taskFailed))
            #expect(await agent.reaches("b", .taskKilled))
        }
    }

    @Test func forcesATaskThatIgnoresSIGTERM() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("stubborn", "trap '' TERM; echo ready; while :; do sleep 0.05; done")])
            #expect(await eventually { agent.output("\(agent.sandbox("stubborn"))/stdout") == "ready\n" })
            #expect(await agent.reaches("stubborn", .taskRunning))
            agent.killTask("stubborn", graceSeconds: 60)
            #expect(await agent.reaches("stubborn", .taskKilling))
            agent.killTask("stubborn", graceSeconds: 0)
            #expect(await agent.reaches("stubborn", .taskKilled))
            #expect(agent.master.last("stubborn")?.message == "Command terminated with signal Killed")
        }
    }

    @Test func endsATaskThatNeedsTooMuchMemory() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("hog", "x=$(head -c 300000000 /dev/zero | tr '\\0' x); exit 0")])
            #expect(await agent.reaches("hog", .taskFailed))
            #expect(agent.master.last("hog")?.reason == .containerLimitationMemory)
        }
    }

    @Test func saysWhichImageIsMissing() async throws {
        try await AgentFixture.run { agent in
            agent.launch([
                .sample("t1", "true") {
                    $0.container.type = .mesos
                    $0.container.mesos.image = .with {
                        $0.type = .docker; $0.docker.name = "oci:/no/such/layout"
                    }
                }
            ])
            #expect(await agent.reaches("t1", .taskFailed))
            #expect(agent.master.last("t1")?.reason == .containerLaunchFailed)
            #expect(agent.master.last("t1")?.message.contains("/no/such/layout") == true)
        }
    }

    @Test func sharesVolumes() async throws {
        try await withScratchDirectory { host in
            try await AgentFixture.run { agent in
                agent.launchGroup([
                    .sample("t1", "cp input/file shared/copy; touch input/file 2>/dev/null && echo writable; ls shared") { task in
                        task.container.type = .mesos
                        task.container.volumes = [
                            .with {
                                $0.containerPath = "input"; $0.hostPath = host.path; $0.mode = .ro
                            },
                            .with { volume in
                                volume.containerPath = "shared"
                                volume.mode = .rw
                                volume.source = .with {
                                    $0.type = .sandboxPath; $0.sandboxPath.type = .parent; $0.sandboxPath.path = "common"
                                }
                            },
                        ]
                    }
                ])
                try Data("x".utf8).write(to: host.appending(path: "file"))
                #expect(await agent.reaches("t1", .taskFinished) || agent.master.states("t1").contains(.taskFailed))
                #expect(agent.output("\(agent.sandbox("pod"))/tasks/t1/stdout") == "copy\n")
                #expect(agent.output("\(agent.sandbox("pod"))/common/copy") == "x")
            }
        }
    }

    @Test func showsItsStateInMesosShapes() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("t1", "sleep 1000")])
            #expect(await agent.reaches("t1", .taskRunning))
            let state = try await agent.get("/slave(1)/state").1
            let frameworks = try #require(object(state, "frameworks") as? [[String: Any]])
            let executors = try #require(frameworks.first?["executors"] as? [[String: Any]])
            #expect(executors.first?["id"] as? String == "t1")
            #expect((executors.first?["name"] as? String)?.hasPrefix("Command Executor (Task: t1) (Command: sh -c 'sleep") == true)
            #expect((executors.first?["directory"] as? String)?.hasPrefix(agent.workDirectory) == true)
            let tasks = try #require(executors.first?["tasks"] as? [[String: Any]])
            #expect(tasks.first?["state"] as? String == "TASK_RUNNING")
            let lists = try await agent.post(#"{"type":"GET_TASKS"}"#).1
            #expect((object(lists, "get_tasks", "launched_tasks") as? [Any])?.count == 1)
            #expect((object(lists, "get_tasks", "completed_tasks") as? [Any])?.isEmpty == true)
            let metrics = try await agent.get("/metrics/snapshot").1
            #expect(object(metrics, "slave/tasks_running") as? Double == 1)
            #expect(try await agent.get("/metrics").1.contains("agora_agent_tasks{state=\"running\"} 1"))
        }
    }

    @Test func subscribesAgainWhenTheStreamBreaks() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("t1", "sleep 1000")])
            #expect(await agent.reaches("t1", .taskRunning))
            agent.master.setAcknowledges(false)
            agent.master.closeStream()
            #expect(await eventually { agent.master.subscriptions.count == 2 })
            #expect(agent.master.subscriptions.last?.tasks.map(\.taskID.value) == ["t1"])
            agent.killTask("t1", graceSeconds: 0)
            #expect(await agent.reaches("t1", .taskKilling))
            agent.master.setAcknowledges(true)
            agent.master.closeStream()
            #expect(await agent.reaches("t1", .taskKilled))
        }
    }
}
