import Foundation
import TestSupport
import Testing

/// The client that people have at hand.
enum Curl {
    /// POSTs and gives the answer.
    static func post(_ url: String, _ arguments: [String]) async throws -> Answer {
        try await withScratchDirectory { folder in
            let body = folder.appending(path: "answer")
            let process = Process()
            let status = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
            process.arguments = ["-s", "--max-time", "60", "-o", body.path, "-w", "%{http_code}", "-X", "POST"] + arguments + [url]
            process.standardOutput = status
            process.standardError = FileHandle.nullDevice
            try process.run()
            #expect(await eventually(within: .seconds(70)) { !process.isRunning })
            let code = String(decoding: try status.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            return Answer(status: try #require(Int(code)), text: String(decoding: try Data(contentsOf: body), as: UTF8.self))
        }
    }
}
