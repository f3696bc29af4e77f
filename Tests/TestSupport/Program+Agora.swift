import Foundation

extension Program {
    /// The `agora` binary that `swift build` made beside the tests.
    public static var agora: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "agora", directoryHint: .notDirectory).path
    }

    /// Starts `agora` as a user does. The environment is the test's own with these changes.
    public static func agora(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        try Program(agora, arguments, environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
    }
}
