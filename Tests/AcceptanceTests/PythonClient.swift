import Foundation
import Synchronization
import TestSupport

/// One of the scripts of `Clients/`, with the packages that Scripts/install-clients.sh installed.
final class PythonClient: Sendable {
    private let process = Process()
    private let output = Mutex(Data())

    /// Where the packages are, as Python's search path names it.
    static var packages: String {
        sources.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/clients").path
    }

    /// The folder of the scripts.
    static var scripts: String { sources.appending(path: "Clients").path }

    private static var sources: URL {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    }

    init(_ script: String, _ arguments: String...) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["\(Self.scripts)/\(script)"] + arguments
        process.environment = ["PYTHONPATH": Self.packages, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"]
        let pipe = Pipe()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let piece = handle.availableData
            if piece.isEmpty { handle.readabilityHandler = nil } else { self.output.withLock { $0.append(piece) } }
        }
        process.standardOutput = pipe
        try process.run()
    }

    /// The lines it has printed so far.
    var lines: [String] {
        String(decoding: output.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits until it has printed the line; false if it ended or the time is over before.
    func says(_ line: String) async -> Bool {
        await eventually(within: .seconds(60)) { lines.contains(line) || !process.isRunning } && lines.contains(line)
    }

    /// Waits for its end and reads the last line it printed.
    func report<Report: Decodable>(_ type: Report.Type) async throws -> Report {
        let hasEnded = await eventually(within: .seconds(150)) { !process.isRunning }
        if !hasEnded { process.terminate() }
        _ = await eventually(within: .seconds(2)) { lines.last?.hasSuffix("}") == true }
        return try JSONDecoder().decode(type, from: Data((lines.last ?? "{}").utf8))
    }
}
