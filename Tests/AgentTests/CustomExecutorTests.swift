import Agent
import Foundation
import Logging
import MesosMessages
import TestSupport
import Testing

/// Programs as executors, in real containers: the example of this repository, well-behaved and not.
@Suite(.serialized) struct CustomExecutorTests {
    @Test func runsTasksInContainersOfItsOwn() async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["good": "exit 0", "killed": "sleep 1000"], command: AgentFixture.example)
            agent.launchCustom(["bad": "exit 3", "file": "echo $$ > out"], command: AgentFixture.example, isGroup: true)
            #expect(await agent.reaches("good", .taskFinished))
            #expect(await agent.reaches("bad", .taskFailed))
            #expect(await agent.reaches("file", .taskFinished))
            #expect(agent.master.states("good") == [.taskRunning, .taskFinished])
            #expect(agent.master.last("bad")?.message == "wait status 768")
            #expect(agent.master.last("good")?.executorID.value == "exec")
            #expect(await agent.reaches("killed", .taskRunning))
            agent.killTask("killed")
            #expect(await agent.reaches("killed", .taskKilled))
            agent.sendMessage(Data("echo".utf8))
            #expect(await eventually { agent.master.messages.first?.data == Data("echo".utf8) })
            let executors = try await agent.post(#"{"type":"GET_EXECUTORS"}"#).1
            #expect(executors.contains("\"executor_id\":{\"value\":\"exec\"}"))
            let metrics = try await agent.get("/metrics/snapshot").1
            #expect(metrics.contains("\"slave/executors_running\":1.0"), "\(metrics)")
            #expect(try await agent.get("/state").1.contains("\"type\":\"CUSTOM\""))
            agent.shutdownExecutor()
            #expect(await eventually { agent.master.exits.first?.executorID.value == "exec" })
            #expect(agent.master.exits.first?.status == 0)
        }
    }

    /// pymesos, unmodified. See Scripts/install-clients.sh.
    @Test func runsAnExecutorOnPymesos() async throws {
        let root = AgentFixture.repository.path
        let program = "\(root)/Tests/AcceptanceTests/Clients/pymesos_executor.py"
        try await AgentFixture.run { agent in
            agent.launchCustom(
                ["good": "finish", "bad": "fail", "killed": "run"],
                command: "exec env PYTHONPATH=\(root)/.build/clients /usr/bin/python3 -B \(program)"
            )
            #expect(await agent.reaches("good", .taskFinished))
            #expect(await agent.reaches("bad", .taskFailed))
            #expect(await agent.reaches("killed", .taskRunning))
            agent.killTask("killed")
            #expect(await agent.reaches("killed", .taskKilled))
            #expect(agent.master.states("killed") == [.taskRunning, .taskKilled])
            agent.sendMessage(Data("echo".utf8))
            #expect(await eventually { agent.master.messages.first?.data == Data("echo".utf8) })
            agent.shutdownExecutor()
            #expect(await eventually { agent.master.exits.first?.status == 0 })
            #expect(agent.output("\(agent.sandbox("exec"))/stderr") == "")
        }
    }

    @Test func speaksOverASocketOfItsMachine() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "api/agent.sock").path
            try await AgentFixture.run({ $0.executorSocketPath = path }) { agent in
                agent.launchCustom(["a": "exit 0"], command: AgentFixture.example)
                let environment = try await agent.environment()
                #expect(environment["MESOS_DOMAIN_SOCKET"] == path)
                #expect(await agent.reaches("a", .taskFinished))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func namesADamagedSecret() async throws {
        try await withScratchDirectory { directory in
            let meta = directory.appending(path: "meta")
            try FileManager.default.createDirectory(at: meta, withIntermediateDirectories: true)
            try Data("short".utf8).write(to: meta.appending(path: "executor.key"))
            let master = try await FakeMaster.start()
            var configuration = AgentConfiguration(masterAddress: master.address, workDirectory: directory.path)
            configuration.port = 0
            let agent = Agent(configuration: configuration, logger: Logger(label: "test.agent") { _ in SwiftLogNoOpLogHandler() })
            let error = await #expect(throws: AgentError.self) { try await agent.run() }
            #expect(error?.description.contains("executor.key") == true)
            await master.stop()
        }
    }

    @Test func endsOneThatNeverSubscribes() async throws {
        try await AgentFixture.run({ $0.executorRegistrationTimeout = .seconds(1) }) { agent in
            agent.launchCustom(["a": ""], command: "exec sleep 1000")
            #expect(await agent.reaches("a", .taskFailed))
            #expect(agent.master.last("a")?.reason == .executorRegistrationTimeout)
            #expect(await eventually { agent.master.exits.first?.status == 9 })
        }
    }

    @Test func tellsOfOneThatFails() async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["a": ""], command: "exit 7")
            #expect(await agent.reaches("a", .taskDropped))
            #expect(agent.master.last("a")?.reason == .executorTerminated)
            #expect(await eventually { agent.master.exits.first?.status == 7 << 8 })
        }
    }

    @Test func endsOneByForceThatDoesNotObey() async throws {
        try await AgentFixture.run { agent in
            let stubborn = AgentFixture.example(but: "executor.Executor.shutdown = lambda self: None")
            agent.launchCustom(["a": "sleep 1000"], command: stubborn) { $0.shutdownGracePeriod.nanoseconds = 500_000_000 }
            #expect(await agent.reaches("a", .taskRunning))
            agent.shutdownExecutor()
            #expect(await agent.reaches("a", .taskFailed))
            // An executor that dies after its program may still tell of that itself.
            let reasons: [Mesos_V1_TaskStatus.Reason?] = [.executorTerminated, .commandExecutorFailed]
            #expect(reasons.contains(agent.master.last("a")?.reason))
            #expect(await eventually { agent.master.exits.first?.status == 9 })
        }
    }

    @Test func outlivesTheAgent() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let port = try freePort()
            let gate = directory.appending(path: "gate").path
            let waiting = "while ! [ -e \(gate) ]; do sleep 0.01; done; exit 7"
            try await AgentFixture.runAgent(master, directory.path, destroys: false, { $0.port = port }) { agent in
                agent.launchCustom(["ends": waiting, "stays": "sleep 1000"], command: AgentFixture.example, checkpoint: true)
                #expect(await agent.reaches("ends", .taskRunning))
                #expect(await agent.reaches("stays", .taskRunning))
            }
            try Data().write(to: URL(filePath: gate))
            try await AgentFixture.runAgent(
                master,
                directory.path,
                destroys: true,
                {
                    $0.port = port
                    $0.executorReregistrationTimeout = .seconds(15)
                }
            ) { agent in
                #expect(await agent.reaches("ends", .taskFailed))
                #expect(master.last("ends")?.message == "wait status 1792")
                #expect(master.states("ends") == [.taskRunning, .taskFailed])
                #expect(master.states("stays") == [.taskRunning])
                agent.killTask("stays")
                #expect(await agent.reaches("stays", .taskKilled))
                #expect(master.subscriptions.last?.executors.map(\.executor.executorID.value) == ["exec"])
            }
            await master.stop()
        }
    }

    @Test func endsWithTheAgentWithoutCheckpoints() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let port = try freePort()
            try await AgentFixture.runAgent(master, directory.path, destroys: false, { $0.port = port }) { agent in
                agent.launchCustom(["a": "sleep 1000"], command: "sleep 1000")
                _ = try await agent.environment()
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true, { $0.port = port }) { agent in
                #expect(await agent.reaches("a", .taskDropped))
                #expect(master.last("a")?.reason == .agentRestarted)
                let isGone = try await eventually { try await agent.get("/containers").1 == "[]" }
                #expect(isGone)
            }
            await master.stop()
        }
    }
}
