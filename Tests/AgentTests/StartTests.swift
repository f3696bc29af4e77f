import Agent
import AgentCore
import Cluster
import Foundation
import GRDB
import Logging
import MesosAPI
import MesosMessages
import TestSupport
import Testing

/// How an agent starts on what a former one left: after a change of its flags, after a restart of the machine, to clean up.
@Suite(.serialized) struct StartTests {
    @Test func refusesOtherResourcesUnlessThereAreMore() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                // It has its id before it can run anything.
                agent.launch([.sample("first", "true")])
                #expect(await agent.reaches("first", .taskFinished))
            }
            let error = await #expect(throws: AgentError.self) { try await start(master, directory, "cpus:2;mem:4096") }
            for words in ["cpus:4", "cpus:2", "--reconfiguration-policy", "\(directory.path)/meta"] {
                #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { configuration in
                configuration.resources = try? Resources.parse("cpus:8;mem:4096;disk:1000;ports:[31000-32000]")
                configuration.reconfigurationPolicy = .additive
            } _: { _ in
                #expect(master.subscriptions.last?.agent.id.value == FakeMaster.agentID)
            }
            // What was added is what must be there from now on.
            await #expect(throws: AgentError.self) { try await start(master, directory, "cpus:4;mem:4096;disk:1000;ports:[31000-32000]") }
            try FileManager.default.removeItem(at: directory.appending(path: "meta"))
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { _ in
                #expect(master.subscriptions.last?.agent.hasID == false, "a new agent")
            }
            await master.stop()
        }
    }

    private func start(_ master: FakeMaster, _ directory: URL, _ resources: String) async throws {
        var configuration = AgentConfiguration(masterAddress: master.address, workDirectory: directory.path)
        configuration.port = 0
        configuration.resources = try Resources.parse(resources)
        try await Agent(configuration: configuration, logger: Logger(label: "test.agent") { _ in SwiftLogNoOpLogHandler() }).run()
    }

    @Test func cleansUpAndEnds() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                agent.launch([.sample("long", "sleep 54321")])
                #expect(await agent.reaches("long", .taskRunning))
            }
            var configuration = AgentConfiguration(masterAddress: master.address, workDirectory: directory.path)
            configuration.port = 0
            // Other resources than before.
            configuration.resources = try Resources.parse("cpus:1;mem:64")
            configuration.recovery = .cleanup
            try await Agent(configuration: configuration, logger: Logger(label: "test.agent") { _ in SwiftLogNoOpLogHandler() }).run()
            #expect(master.last("long")?.state == .taskGone)
            #expect(master.calls.last == .unsubscribe)
            let resources = try Resources(try #require(master.subscriptions.last).agent.resources)
            #expect(resources.scalar("cpus").value == 4, "it leaves as what it was")
            #expect(try await eventually { try processes("sleep\u{0}54321").isEmpty })
            await master.stop()
        }
    }

    /// The machine is not restarted, but all looks as if it had been: the process is gone without a status, and the
    /// records are of another boot.
    @Test func knowsThatTheMachineWasRestarted() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                agent.launch([.sample("long", "sleep 65432")])
                #expect(await agent.reaches("long", .taskRunning))
            }
            try killContainers(below: directory.appending(path: "run"))
            #expect(await eventually { (try? processes("sleep\u{0}65432").isEmpty) == true })
            let database = try DatabaseQueue(path: directory.appending(path: "meta/agent.db").path)
            try await database.write { try $0.execute(sql: "UPDATE description SET boot = 'before'") }
            try database.close()
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { configuration in
                configuration.resources = try? Resources.parse("cpus:2;mem:4096")  // A processor was taken out meanwhile.
            } _: { agent in
                #expect(master.subscriptions.last?.agent.id.value == FakeMaster.agentID)
                #expect(await agent.reaches("long", .taskGone))
                #expect(master.last("long")?.message.contains("restarted") == true)
            }
            await master.stop()
        }
    }

    /// Kills the first process of each container, which takes all others along before it can write a status.
    private func killContainers(below folder: URL) throws {
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
        for record in files where record.lastPathComponent == "record" {
            var text = try String(contentsOf: record, encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("process ") })
            let pid = try #require(Int32(line.split(separator: " ")[1]))
            kill(pid, SIGKILL)
            text = text.split(separator: "\n").map { $0.hasPrefix("boot ") ? "boot before" : String($0) }.joined(separator: "\n") + "\n"
            try text.write(to: record, atomically: false, encoding: .utf8)
        }
    }

    private func processes(_ words: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.filter { number in
            (try? Data(contentsOf: URL(filePath: "/proc/\(number)/cmdline"))).map { String(decoding: $0, as: UTF8.self) }?.contains(words)
                == true
        }
    }
}
