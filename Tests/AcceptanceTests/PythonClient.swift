import Foundation
import TestSupport
import Testing

/// A program in Python, with the packages that Scripts/install-clients.sh installed.
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

    /// Runs one of the scripts of `Clients/`.
    init(_ script: String, _ arguments: [String]) throws {
        program = try Self.start(["\(Self.scripts)/\(script)"] + arguments, packages: Self.packages, [:])
    }

    /// Runs a module of the packages.
    ///
    /// - Parameter folder: of the packages, to look in first; it begins with a slash.
    init(module: String, _ arguments: [String], folder: String = "", environment: [String: String] = [:]) throws {
        let packages = "\(Self.packages)\(folder):\(Self.packages)"
        program = try Self.start(["-m", module] + arguments, packages: packages, environment)
    }

    private static func start(_ arguments: [String], packages: String, _ environment: [String: String]) throws -> Program {
        let usual = ["PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"]
        return try Program("/usr/bin/python3", arguments, environment: usual.merging(environment) { $1 })
    }

    /// The lines it has printed so far.
    var lines: [String] {
        program.standardOutput.split(separator: "\n").map(String.init)
    }

    /// Waits until it has printed the line; false if it ended or the time is over before.
    func says(_ line: String) async -> Bool {
        await eventually(within: .seconds(60)) { lines.contains(line) || !program.isRunning } && lines.contains(line)
    }

    /// Waits for its end, which must be a good one, and reads what it printed.
    func output() async -> String {
        #expect(await program.exitStatus(within: .seconds(60)) == 0, "\(program.standardOutput)\(program.standardError)")
        return program.standardOutput
    }

    /// Waits for its end and reads the last line it printed.
    func report<Report: Decodable>(_ type: Report.Type) async throws -> Report {
        let lines = await program.ended(within: .seconds(150)).lines
        return try JSONDecoder().decode(type, from: Data((lines.last ?? "{}").utf8))
    }
}
