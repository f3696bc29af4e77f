import Foundation
import TestSupport
import Testing

/// A command of `agora` that has ended.
struct Ended {
    let status: Int32?
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

extension AgoraLocal {
    /// Starts a command that talks to this cluster.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> AgoraProcess {
        try AgoraProcess(arguments, environment: ["AGORA_MASTER": master].merging(environment) { $1 })
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

extension AgoraProcess {
    /// Waits for the end; ends it by force if that does not come.
    func ended(within patience: Duration = .seconds(60)) async -> Ended {
        let status = await exitStatus(within: patience)
        if status == nil { await stop(within: .seconds(5)) }
        // What was written before the end may still be in the pipe.
        var size = -1
        _ = await eventually(within: .seconds(2)) {
            defer { size = standardOutput.utf8.count + standardError.utf8.count }
            try? await Task.sleep(for: .milliseconds(50))
            return size == standardOutput.utf8.count + standardError.utf8.count
        }
        return Ended(status: status, output: standardOutput, errors: standardError)
    }

    /// Waits until it has printed `text`.
    func prints(_ text: String, within patience: Duration = .seconds(30)) async -> Bool {
        await eventually(within: patience) { standardOutput.contains(text) }
    }

    /// Waits until it has told `text` on standard error.
    func tells(_ text: String, within patience: Duration = .seconds(30)) async -> Bool {
        await eventually(within: patience) { standardError.contains(text) }
    }
}
