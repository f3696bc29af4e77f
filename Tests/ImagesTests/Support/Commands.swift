import Foundation
import Testing

/// Runs a program to its end and returns what it printed.
@discardableResult
func run(_ command: String...) async throws -> String {
    try await run(command)
}

@discardableResult
func run(_ command: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    try #require(process.terminationStatus == 0, "\(command.joined(separator: " ")): \(text)")
    return text
}
