import Agent
import Foundation
import Logging
import MesosMessages
import TestSupport
import Testing

/// Containers outlive the agent, and the next one finds them.
@Suite(.serialized) struct RestartTests {
    @Test func findsItsContainersAgain() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let gate = directory.appending(path: "gate").path
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                agent.launch([
                    .sample("stays", "sleep 1000"),
                    .sample("ends", "while ! [ -e \(gate) ]; do sleep 0.01; done; exit 7"),
                ])
                #expect(await agent.reaches("stays", .taskRunning))
                #expect(await agent.reaches("ends", .taskRunning))
                try await agent.launch(["operators"], "sleep 1000")
            }
            try Data().write(to: URL(filePath: gate))
            let ended = "\(directory.path)/slaves/\(FakeMaster.agentID)/frameworks/framework/executors/ends/runs/latest"
            #expect(FileManager.default.fileExists(atPath: ended))
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                #expect(master.subscriptions.last?.agent.id.value == FakeMaster.agentID)
                #expect(await agent.reaches("ends", .taskFailed))
                #expect(master.last("ends")?.message == "Command exited with status 7")
                #expect(master.states("stays") == [.taskStarting, .taskRunning])
                agent.killTask("stays", graceSeconds: 0)
                #expect(await agent.reaches("stays", .taskKilled))
                let again = try await agent.launch(["operators"], "true")
                #expect(again.0 == 202)
                #expect(try await agent.kill(["operators"]) == 200)
                let ended = try await agent.wait(["operators"]).1
                #expect(ended.contains("\"exit_status\":9"), "\(ended)")
            }
            await master.stop()
        }
    }

    @Test func destroysWhatItDoesNotKnow() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                agent.launch([.sample("lost", "echo $$; exec sleep 1000")])
                #expect(await agent.reaches("lost", .taskRunning))
            }
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(directory.path)/meta/agent.db\(suffix)")
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                let isGone = try await eventually { try await agent.get("/containers").1 == "[]" }
                #expect(isGone)
                #expect(master.subscriptions.last?.agent.hasID == false)
            }
            await master.stop()
        }
    }

    @Test func leavesNothingBehindWhenItIsToldTo() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                agent.launchGroup([.sample("a", "sleep 12345")])
                #expect(await agent.reaches("a", .taskRunning))
                try await agent.launch(["top"], "sleep 12345")
                try await agent.launch(["top", "below"], "sleep 12345")
            }
            #expect(master.calls.last == .unsubscribe)
            #expect(master.last("a")?.state == .taskGone)
            #expect(!(try processes().contains { $0.contains("sleep\u{0}12345") }))
            let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            #expect(!mounts.contains(directory.path))
            await master.stop()
        }
    }

    @Test func waitsForItsMaster() async throws {
        try await withScratchDirectory { directory in
            var configuration = AgentConfiguration(masterAddress: "127.0.0.1:1", workDirectory: directory.path)
            configuration.port = 0
            let agent = Agent(configuration: configuration, logger: Logger(label: "test.agent") { _ in SwiftLogNoOpLogHandler() })
            let service = Task { try await agent.run() }
            #expect(await agent.boundPort() != nil)
            service.cancel()
            try await service.value
        }
    }

    @Test func endsWhenTheMasterDoesNotWantIt() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            var configuration = AgentConfiguration(masterAddress: master.address, workDirectory: directory.path)
            configuration.port = 0
            let agent = Agent(configuration: configuration, logger: Logger(label: "test.agent") { _ in SwiftLogNoOpLogHandler() })
            let service = Task { try await agent.run() }
            #expect(await eventually { !master.subscriptions.isEmpty })
            master.send(.error) { $0.error.message = "removed by an operator" }
            let error = await #expect(throws: AgentError.self) { try await service.value }
            #expect(error?.description.contains("removed by an operator") == true)
            await master.stop()
        }
    }

    private func processes() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.compactMap {
            (try? Data(contentsOf: URL(filePath: "/proc/\($0)/cmdline"))).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
