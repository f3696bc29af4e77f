import Foundation
import Testing

/// The JSON bodies of a recorded conversation, in order.
struct Transcript {
    struct Exchange {
        /// `master` or `agent`, the method, the path; then, in words, what is special.
        let request: String
        let body: String
        /// The status of the answer.
        var status = 0
        /// The bodies of the answer, and the records that came on streams before the next request.
        var answers: [String] = []
    }

    private(set) var exchanges: [Exchange] = []

    init(_ name: String) throws {
        let url = try #require(Bundle.module.url(forResource: "Transcripts/\(name)", withExtension: "txt"))
        var request: String?
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(">>> ") {
                request = String(line.dropFirst(4))
                exchanges.append(Exchange(request: request ?? "", body: ""))
            } else if line.hasPrefix("<<< ") {
                exchanges[exchanges.count - 1].status = Int(line.dropFirst(4)) ?? 0
                request = nil
            } else if line.hasPrefix("{") || line.hasPrefix("[") {
                if let pending = request {
                    exchanges[exchanges.count - 1] = Exchange(request: pending, body: String(line))
                    request = nil
                } else {
                    exchanges[exchanges.count - 1].answers.append(String(line))
                }
            }
        }
    }
}

extension Transcript.Exchange {
    /// With values of the right kind in place of the placeholders that stand for a number or for bytes.
    static func filled(_ body: String) -> String {
        body.replacing(#/("\w*uuid": )"\(uuid\)"/#) { "\($0.output.1)\"AAECAwQFBgcICQoLDA0ODw==\"" }
            .replacing(#/"\((time|nanoseconds|executor_pid|build_time|(?:cpus|mem)_\w+)\)"/#) { _ in RecordedJSON.anyNumber }
    }
}
