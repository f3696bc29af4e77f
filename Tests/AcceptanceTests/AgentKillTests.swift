import Foundation
import TestSupport
import Testing

/// An agent that is killed leaves its containers running, and the next one finds them.
@Suite(.timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct AgentKillTests {
    @Test func containersOutliveTheAgentAndAreFoundAgain() async throws {
        try await Cluster.run { cluster in
            let directory = cluster.directory
            let first = try #require(cluster.agents.first)
            let long = try await cluster.detach("sleep 1000")
            let ends = try await cluster.detach("until [ -e \(directory.path)/gate ]; do sleep 0.05; done; exit 3")
            #expect(await eventually { await cluster.state(of: long) == "TASK_RUNNING" })
            #expect(await eventually { await cluster.state(of: ends) == "TASK_RUNNING" })
            let sleeper = try #require(cluster.processes(running: "sleep 1000").first)

            first.signal(SIGKILL)
            _ = await first.exitStatus()
            try Data().write(to: directory.appending(path: "gate"))
            #expect(await eventually { cluster.processes(running: "gate").isEmpty })
            #expect(kill(sleeper, 0) == 0)

            let second = try cluster.startAgent()
            #expect(await eventually { await cluster.state(of: ends) == "TASK_FAILED" })
            #expect(await cluster.state(of: long) == "TASK_RUNNING")
            #expect(kill(sleeper, 0) == 0)

            second.signal(SIGKILL)
            _ = await second.exitStatus()
            for file in ["agent.db", "agent.db-wal", "agent.db-shm"] {
                try? FileManager.default.removeItem(at: directory.appending(path: "work/meta/\(file)"))
            }
            let third = try cluster.startAgent()
            #expect(await eventually { kill(sleeper, 0) != 0 }, "a container that nobody knows is destroyed")
            await third.stop()
            await cluster.master.stop()
        }
    }
}
