import Foundation
import TestSupport
import Testing

/// A real `agora master` on a folder, to be killed and started again.
final class MasterProcess {
    let folder: URL
    let client: MasterClient
    private let arguments: [String]
    private(set) var process: Program

    /// Runs the body with a master that answers, and ends it whatever happens.
    static func run(_ arguments: [String] = [], in folder: URL? = nil, _ body: (MasterProcess) async throws -> Void) async throws {
        try await withScratchDirectory { scratch in
            let master = try MasterProcess(arguments, folder ?? scratch.appending(path: "master"))
            do {
                try await master.waitUntilItAnswers()
                try await body(master)
                await master.process.stop()
            } catch {
                await master.process.stop()
                throw error
            }
        }
    }

    private init(_ arguments: [String], _ folder: URL) throws {
        let port = try freePort()
        self.folder = folder
        self.arguments = ["master", "--port", "\(port)", "--work-dir", folder.path] + arguments
        client = MasterClient(port: port)
        process = try Program.agora(self.arguments)
    }

    /// Kills it as `kill -9` does.
    func kill() async {
        process.signal(SIGKILL)
        _ = await process.exitStatus()
    }

    /// Starts it again at the same port.
    func restart(_ more: [String] = []) async throws {
        process = try Program.agora(arguments + more)
        try await waitUntilItAnswers()
    }

    private func waitUntilItAnswers() async throws {
        let isUp = await eventually(within: .seconds(30)) { [client] in
            (try? await client.send("GET", "/health").status) == 200
        }
        try #require(isUp, "the master did not start: \(process.standardError)")
    }

    /// A read of the operator API.
    func read(_ call: String) async throws -> Any? {
        at(try await client.post("/api/v1", #"{"type": "\#(call)"}"#).json(), call.lowercased())
    }

    /// A number of `/metrics/snapshot`.
    func metric(_ name: String) async throws -> Double? {
        try await client.send("GET", "/metrics/snapshot").json()[name] as? Double
    }
}
