import Foundation
import TestSupport
import Testing

/// A master that is killed leaves agents and their containers alone, and the next one knows them.
@Suite(.timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct MasterKillTests {
    @Test func tasksRunOnAndCanBeKilledThroughTheNextMaster() async throws {
        try await withScratchDirectory { directory in
            let port = try freePort()
            let flags = ["master", "--port", "\(port)", "--work-dir", directory.appending(path: "master").path]
            var master = try Program.agora(flags)
            let agentFlags = [
                "agent", "--master", "127.0.0.1:\(port)", "--port", "\(try freePort())", "--work-dir",
                directory.appending(path: "agent").path,
            ]
            let agent = try Program.agora(agentFlags)
            func agora(_ arguments: String...) async throws -> String {
                let command = try Program.agora(arguments, environment: ["AGORA_MASTER": "127.0.0.1:\(port)"])
                guard await command.exitStatus() == 0 else { return "" }
                _ = await eventually(within: .seconds(2)) { command.standardOutput.hasSuffix("\n") }
                return command.standardOutput
            }
            do {
                #expect(await eventually { (try? await agora("nodes"))?.contains("active") == true })
                let task = try await agora("run", "--detach", "--", "sh", "-c", "while :; do sleep 1; done").trimmingCharacters(
                    in: .whitespacesAndNewlines
                )
                #expect(await eventually { (try? await agora("ps"))?.contains("running") == true })
                for _ in 0..<2 {
                    master.signal(SIGKILL)
                    _ = await master.exitStatus()
                    master = try Program.agora(flags)
                    #expect(await eventually { (try? await agora("ps"))?.contains(task) == true })
                }
                #expect(agent.isRunning)
                _ = try await agora("kill", task, "--grace", "0s")
                #expect(await eventually { (try? await agora("ps"))?.contains(task) == false })

                // At last the machine is cleaned up: what runs there is killed and told of, and it leaves the cluster.
                _ = try await agora("run", "--detach", "--", "sh", "-c", "while :; do sleep 1; done")
                #expect(await eventually { (try? await agora("ps"))?.contains("running") == true })
                agent.signal(SIGKILL)
                _ = await agent.exitStatus()
                let cleanUp = try Program.agora(agentFlags + ["--recover", "cleanup"])
                #expect(await cleanUp.exitStatus() == 0, "\(cleanUp.standardError)")
                #expect(try await agora("ps").contains("running") == false)
                #expect(try await agora("nodes").contains("127.0.0.1") == false)
            } catch {
                for process in [master, agent] { await process.stop() }
                throw error
            }
            for process in [agent, master] { await process.stop() }
        }
    }

    @Test func whyATaskDiedIsKnownWhenItsMasterHasForgottenIt() async throws {
        try await Cluster.run { cluster in
            struct Row: Decodable { let task: String }
            let run = ["run", "--master", cluster.address, "--", "sh", "-c", "echo last words; exit 3"]
            #expect(await (try Program.agora(run)).exitStatus() == 3)
            let task = try #require(try await cluster.list(Row.self, "ps", "--all").first).task
            try await cluster.restartMaster()
            #expect(await cluster.hasNode())
            #expect(await cluster.state(of: task) == nil)
            let why = try Program.agora(["why", "--master", cluster.address, task])
            #expect(await why.exitStatus() == 0, "\(why.standardError)")
            for words in ["\(task) is TASK_FAILED on 127.0.0.1 since ", "exit status 3", "last lines of stdout:\n  last words"] {
                #expect(why.standardOutput.contains(words), "\(why.standardOutput)")
            }
            let unknown = try Program.agora(["why", "--master", cluster.address, "nobody"])
            #expect(await unknown.exitStatus() != 0 && unknown.standardError.contains("there is no task \"nobody\""))
        }
    }
}
