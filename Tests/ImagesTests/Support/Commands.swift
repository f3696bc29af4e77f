import TestSupport
import Testing

/// Runs a program to its end and returns what it printed.
@discardableResult
func run(_ command: String...) async throws -> String {
    try await run(command)
}

@discardableResult
func run(_ command: [String]) async throws -> String {
    let ended = try await Program.run("env", command)
    try #require(ended.status == 0, "\(command.joined(separator: " ")): \(ended.output)")
    return ended.output
}
