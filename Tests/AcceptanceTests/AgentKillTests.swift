import Foundation
import TestSupport
import Testing

/// An agent that is killed leaves its containers running, and the next one finds them.
@Suite(.timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct AgentKillTests {
    @Test func containersOutliveTheAgentAndAreFoundAgain() async throws {
        try await withScratchDirectory { directory in
            let cluster = try Cluster(directory)
            defer { end(cluster) }
            let first = try cluster.startAgent()
            #expect(await eventually { await cluster.hasNode() })
            let long = try await cluster.detach("sleep 1000")
            let ends = try await cluster.detach("until [ -e \(directory.path)/gate ]; do sleep 0.05; done; exit 3")
            #expect(await eventually { await cluster.state(of: long) == "TASK_RUNNING" })
            #expect(await eventually { await cluster.state(of: ends) == "TASK_RUNNING" })
            let sleeper = try #require(processes(running: "sleep 1000", in: directory).first)

            first.signal(SIGKILL)
            _ = await first.exitStatus()
            try Data().write(to: directory.appending(path: "gate"))
            #expect(await eventually { processes(running: "gate", in: directory).isEmpty })
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

    private final class Cluster {
        let directory: URL
        let port: Int
        let master: AgoraProcess
        private(set) var agents: [AgoraProcess] = []

        init(_ directory: URL) throws {
            self.directory = directory
            port = try freePort()
            master = try AgoraProcess(["master", "--port", "\(port)", "--work-dir", directory.appending(path: "master").path])
        }

        func startAgent() throws -> AgoraProcess {
            let work = directory.appending(path: "work").path
            let agent = try AgoraProcess(["agent", "--master", "127.0.0.1:\(port)", "--port", "\(try freePort())", "--work-dir", work])
            agents.append(agent)
            return agent
        }

        func hasNode() async -> Bool {
            guard let list = try? AgoraProcess(["nodes", "--master", "127.0.0.1:\(port)"]), await list.exitStatus() == 0 else {
                return false
            }
            return await eventually(within: .seconds(1)) { list.standardOutput.contains("active") }
        }

        /// Runs a shell command as a detached task and gives its id.
        func detach(_ command: String) async throws -> String {
            let run = try AgoraProcess(["run", "--master", "127.0.0.1:\(port)", "--detach", "--", "sh", "-c", command])
            #expect(await run.exitStatus() == 0)
            #expect(await eventually { run.standardOutput.hasSuffix("\n") })
            return run.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        func state(of task: String) async -> String? {
            struct Row: Decodable { let task: String, state: String }
            guard let list = try? AgoraProcess(["ps", "--master", "127.0.0.1:\(port)", "--all", "--output", "json"]),
                await list.exitStatus() == 0,
                await eventually(within: .seconds(5), { list.standardOutput.contains("]") }),
                let rows = try? JSONDecoder().decode([Row].self, from: Data(list.standardOutput.utf8))
            else { return nil }
            return rows.first { $0.task == task }?.state
        }
    }

    /// Leaves nothing, also when the test has failed half-way.
    private func end(_ cluster: Cluster) {
        for process in [cluster.master] + cluster.agents where process.isRunning { process.signal(SIGKILL) }
        for process in processes(running: "", in: cluster.directory) { kill(process, SIGKILL) }
    }

    /// Processes with the words in their command line that run in a container below the folder.
    private func processes(running words: String, in directory: URL) -> [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline"),
                let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ")
            else { return false }
            let command = String(decoding: line.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
            return (words.isEmpty || command.contains(words)) && environment.range(of: Data(directory.path.utf8)) != nil
        }
    }
}
