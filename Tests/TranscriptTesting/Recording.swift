import Foundation

/// A recorded conversation with a real Mesos: what was asked, and what came back, in order.
public struct Recording: Sendable {
    /// One request and its answer.
    public struct Exchange: Sendable {
        /// `master` or `agent`, the method, the path.
        public let request: String
        /// What is special, in words.
        public let title: String
        /// The request's headers as they were recorded; none means JSON both ways.
        public var headers: [(name: String, value: String)] = []
        /// The request's body; bytes beyond ASCII stand as the characters with these numbers.
        public var body = ""
        /// The status of the answer.
        public var status = 0
        /// The headers of the answer that matter, in small letters.
        public var answerHeaders: [(name: String, value: String)] = []
        /// The body of the answer.
        public var answer = ""
        /// The records that came on streams before the next request.
        public var records: [String] = []

        /// Every JSON text that came back.
        public var answers: [String] {
            (answer.split(separator: "\n").map(String.init) + records).filter { $0.hasPrefix("{") || $0.hasPrefix("[") }
        }
    }

    /// In the order in which they were recorded.
    public private(set) var exchanges: [Exchange] = []

    private enum Part { case request, answer, record }

    /// Reads `Transcripts/<name>.txt`.
    public init(_ name: String) throws {
        guard let url = Bundle.module.url(forResource: "Transcripts/\(name)", withExtension: "txt") else {
            throw CocoaError(.fileNoSuchFile)
        }
        var part: Part?
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
            take(line, &part)
        }
    }

    private mutating func take(_ line: Substring, _ part: inout Part?) {
        if line.hasPrefix(">>> ") {
            part = .request
            let words = line.dropFirst(4).split(separator: "   # ", maxSplits: 1)
            return exchanges.append(Exchange(request: String(words[0]), title: words.count > 1 ? String(words[1]) : ""))
        }
        guard let last = exchanges.indices.last, let place = part else { return }
        switch place {
        case _ where line.hasPrefix("<<< "):
            part = .answer
            exchanges[last].status = Int(line.dropFirst(4)) ?? 0
        case _ where line.hasPrefix("<<~ "): part = .record
        case .request where line.hasPrefix("> "): exchanges[last].headers.append(Self.header(line))
        case .answer where line.hasPrefix("< "): exchanges[last].answerHeaders.append(Self.header(line))
        case _ where line.isEmpty: break
        case .request: exchanges[last].body += line
        case .answer: exchanges[last].answer += line + "\n"
        case .record: exchanges[last].records.append(String(line))
        }
    }

    private static func header(_ line: Substring) -> (name: String, value: String) {
        let parts = line.drop { $0 == ">" || $0 == "<" || $0 == " " }.split(separator: ":", maxSplits: 1)
        return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
    }
}

extension Recording.Exchange {
    /// With values of the right kind in place of the placeholders that stand for a number or for bytes.
    public static func filled(_ body: String) -> String {
        body.replacing(#/("\w*uuid": )"\(uuid\)"/#) { "\($0.output.1)\"AAECAwQFBgcICQoLDA0ODw==\"" }
            .replacing(#/"\((time|nanoseconds|executor_pid|build_time|(?:cpus|mem)_\w+)\)"/#) { _ in RecordedJSON.anyNumber }
    }
}
