import Foundation
import TestSupport
import Testing

/// The client that people have at hand.
enum Curl {
    /// POSTs and gives the answer.
    static func post(_ url: String, _ arguments: [String]) async throws -> Answer {
        try await withScratchDirectory { folder in
            let body = folder.appending(path: "answer")
            let options = ["-s", "--max-time", "60", "-o", body.path, "-w", "%{http_code}", "-X", "POST"]
            let curl = try Program("/usr/bin/curl", options + arguments + [url])
            let code = await curl.ended(within: .seconds(70)).output
            return Answer(status: try #require(Int(code)), text: String(decoding: try Data(contentsOf: body), as: UTF8.self))
        }
    }
}
