import Foundation
import TestSupport
import Testing

/// A master and an agent as processes of their own, below a folder, so that each can be killed and started again.
final class Cluster {
    let directory: URL
    let masterPort: Int
    /// Of the agent that was started last.
    private(set) var agentPort = 0
    private(set) var master: Program
    private(set) var agents: [Program] = []
    /// More flags for its agents.
    private let agentFlags: [String]

    /// `127.0.0.1:PORT` of the master.
    var address: String { "127.0.0.1:\(masterPort)" }

    /// Starts both, waits until the agent is registered, runs the body, and leaves nothing whatever happens.
    static func run(agentFlags: [String] = [], _ body: (Cluster) async throws -> Void) async throws {
        try await withScratchDirectory { directory in
            let cluster = try Cluster(directory, agentFlags)
            do {
                try cluster.startAgent()
                #expect(await cluster.hasNode(), "\(cluster.master.standardError)\n\(cluster.agents.map(\.standardError))")
                try await body(cluster)
            } catch {
                await cluster.end()
                throw error
            }
            await cluster.end()
        }
    }

    private init(_ directory: URL, _ agentFlags: [String]) throws {
        self.directory = directory
        self.agentFlags = agentFlags
        masterPort = try freePort()
        master = try Self.startMaster(masterPort, directory)
    }

    private static func startMaster(_ port: Int, _ directory: URL) throws -> Program {
        try Program.agora(["master", "--port", "\(port)", "--work-dir", directory.appending(path: "master").path])
    }

    /// Kills the master as a crash does, and starts it again with what it had on disk.
    func restartMaster() async throws {
        master.signal(SIGKILL)
        _ = await master.exitStatus()
        master = try Self.startMaster(masterPort, directory)
    }

    @discardableResult
    func startAgent() throws -> Program {
        let work = directory.appending(path: "work").path
        agentPort = try freePort()
        let agent = try Program.agora(["agent", "--master", address, "--port", "\(agentPort)", "--work-dir", work] + agentFlags)
        agents.append(agent)
        return agent
    }

    /// Waits until an agent is registered.
    func hasNode() async -> Bool {
        await eventually(within: .seconds(60)) {
            guard let list = try? Program.agora(["nodes", "--master", address]), await list.exitStatus() == 0 else { return false }
            return await eventually(within: .seconds(1)) { list.standardOutput.contains("active") }
        }
    }

    /// Runs a shell command as a detached task and gives its id.
    func detach(_ command: String, flags: [String] = []) async throws -> String {
        let run = try Program.agora(["run", "--master", address, "--detach"] + flags + ["--", "sh", "-c", command])
        #expect(await run.exitStatus() == 0)
        #expect(await eventually { run.standardOutput.hasSuffix("\n") })
        return run.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func state(of task: String) async -> String? {
        struct Row: Decodable { let task: String, state: String }
        return (try? await list(Row.self, "ps", "--all"))?.first { $0.task == task }?.state
    }

    /// What a command that lists says in JSON.
    func list<Row: Decodable>(_ type: Row.Type, _ command: String...) async throws -> [Row] {
        let list = try Program.agora(command + ["--master", address, "--output", "json"])
        _ = await list.exitStatus()
        return try JSONDecoder().decode([Row].self, from: Data(list.standardOutput.utf8))
    }

    /// Processes with the words in their command line that run in a container below the folder.
    func processes(running words: String) -> [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline"),
                let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ")
            else { return false }
            let command = String(decoding: line.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
            return (words.isEmpty || command.contains(words)) && environment.range(of: Data(directory.path.utf8)) != nil
        }
    }

    /// The first processes of containers below the folder: of those that only hold others nothing else tells.
    private var holders: [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            // Where it has its record (container_init_protocol.h).
            let record = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/fd/5")
            return record?.hasPrefix("\(directory.path)/") == true
        }
    }

    /// Leaves nothing, also when the test has failed half-way. Agents leave containers that run, so those go first.
    private func end() async {
        for process in processes(running: "") + holders { kill(process, SIGKILL) }
        _ = await eventually {
            let answer = try? await Program.run("curl", ["-s", "127.0.0.1:\(agentPort)/containers"])
            return answer?.status != 0 || answer?.output == "[]"
        }
        for process in agents + [master] { await process.stop() }
    }
}
