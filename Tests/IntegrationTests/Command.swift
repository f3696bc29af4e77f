import Foundation
import TestSupport
import Testing

extension AgoraLocal {
    /// Starts a command that talks to this cluster.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        try Program.agora(arguments, environment: ["AGORA_MASTER": master].merging(environment) { $1 })
    }

    /// Runs a command to its end.
    func command(_ arguments: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await command(arguments, environment: environment)
    }

    func command(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ended {
        let process = try start(arguments, environment: environment)
        return await process.ended()
    }
}

extension Program {
    /// Waits until it has printed `text`.
    func prints(_ text: String, within patience: Duration = .seconds(30)) async -> Bool {
        await eventually(within: patience) { standardOutput.contains(text) }
    }

    /// Waits until it has told `text` on standard error.
    func tells(_ text: String, within patience: Duration = .seconds(30)) async -> Bool {
        await eventually(within: patience) { standardError.contains(text) }
    }
}
