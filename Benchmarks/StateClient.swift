import Foundation

/// curl that reads the state of a master again and again, and writes a line for each answer.
final class StateClient {
    private let process = Process()
    private let output = FileManager.default.temporaryDirectory.appending(path: "agora-bench-\(UUID().uuidString)")

    init(_ port: Int) throws {
        try Data().write(to: output)
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "while kill -0 \(getpid()) && curl -sf -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:\(port)/state; do :; done",
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
    }

    /// How many answers it has had.
    var reads: Int { ((try? String(contentsOf: output, encoding: .utf8)) ?? "").components(separatedBy: "200\n").count - 1 }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: output)
    }
}
