import Foundation
import TestSupport
import Testing

/// A person at a terminal.
enum Typing {
    /// Runs a program on a terminal of its own. Each step waits for an output, then types, sends a signal (a number) to what is in
    /// front, or changes the terminal's rows and columns (a pair).
    static func run(_ command: [String], _ steps: [[Any]], environment: [String: String]) async throws -> Ended {
        let script = try #require(Bundle.module.path(forResource: "typing", ofType: "py", inDirectory: "Terminals"))
        let conversation = String(decoding: try JSONSerialization.data(withJSONObject: steps), as: UTF8.self)
        let whole = ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 }
        return await (try Program("python3", [script, conversation] + command, environment: whole)).ended(within: .seconds(90))
    }
}
