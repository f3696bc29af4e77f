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
}
