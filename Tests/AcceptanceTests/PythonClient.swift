import Foundation
import TestSupport

/// One of the scripts of `Clients/`, with the packages that Scripts/install-clients.sh installed.
final class PythonClient: Sendable {
    private let program: Program

    /// Where the packages are, as Python's search path names it.
    static var packages: String {
        sources.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/clients").path
    }

    /// The folder of the scripts.
    static var scripts: String { sources.appending(path: "Clients").path }

    private static var sources: URL {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    }

    init(_ script: String, _ arguments: [String]) throws {
        program = try Program(
            "/usr/bin/python3",
            ["\(Self.scripts)/\(script)"] + arguments,
            environment: ["PYTHONPATH": Self.packages, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"]
        )
    }

    /// The lines it has printed so far.
    var lines: [String] {
        program.standardOutput.split(separator: "\n").map(String.init)
    }

    /// Waits until it has printed the line; false if it ended or the time is over before.
    func says(_ line: String) async -> Bool {
        await eventually(within: .seconds(60)) { lines.contains(line) || !program.isRunning } && lines.contains(line)
    }

    /// Waits for its end and reads the last line it printed.
    func report<Report: Decodable>(_ type: Report.Type) async throws -> Report {
        let lines = await program.ended(within: .seconds(150)).lines
        return try JSONDecoder().decode(type, from: Data((lines.last ?? "{}").utf8))
    }
}
