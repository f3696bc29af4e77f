import Foundation

/// A master and an agent in one process (`agora local`) on free ports of the loopback address, stopped at the end.
public struct AgoraLocal: Sendable {
    /// The running process.
    public let process: Program
    /// Where the master listens.
    public let masterPort: Int
    /// Where the agent listens.
    public let agentPort: Int

    /// `127.0.0.1:PORT` of the master.
    public var master: String { "127.0.0.1:\(masterPort)" }

    /// Starts it, waits until the agent has registered, runs the body, and stops it whatever happens.
    public static func run<Result>(
        arguments: [String] = [],
        _ body: (AgoraLocal) async throws -> Result
    ) async throws -> Result {
        try await withScratchDirectory { directory in
            let (masterPort, agentPort) = (try freePort(), try freePort())
            let process = try Program.agora(
                ["local", "--port", "\(masterPort)", "--agent-port", "\(agentPort)", "--work-dir", directory.path] + arguments
            )
            let local = AgoraLocal(process: process, masterPort: masterPort, agentPort: agentPort)
            do {
                try await local.waitUntilRegistered()
                let result = try await body(local)
                await process.stop()
                return result
            } catch {
                await process.stop()
                throw error
            }
        }
    }

    /// It says so itself once the agent is there.
    private func waitUntilRegistered() async throws {
        let isUp = await eventually(within: .seconds(30)) { process.standardOutput.contains("A cluster of one machine is running") }
        guard isUp else { throw NotUp(log: process.standardError) }
    }

    /// `agora local` did not come up.
    public struct NotUp: Error {
        /// What it had printed.
        public let log: String
    }
}
