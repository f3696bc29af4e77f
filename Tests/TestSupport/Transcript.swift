public import Foundation

/// A conversation in a text file: what is said to something, and all that comes of it.
///
/// `>` begins a turn; the lines after it are the answers to it. Empty lines and lines after `#` say nothing.
/// With the variable `AGORA_REWRITE` set, the answers in the file are replaced by those that came: for
/// changes on purpose, to be read before they are committed.
public struct Transcript {
    /// What was said, and what was answered instead of what is written.
    public struct Difference: CustomStringConvertible {
        /// The file's line with what was said.
        public let line: Int
        /// What was said.
        public let said: String
        /// What the file has as the answer.
        public let expected: [String]
        /// What the answer was.
        public let actual: [String]

        /// All of it.
        public var description: String {
            "line \(line): > \(said)\nwritten:\n\(expected.joined(separator: "\n"))\nis:\n\(actual.joined(separator: "\n"))"
        }
    }

    private let lines: [String]

    /// Reads a file.
    public init(_ file: URL) throws {
        lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Says what the file says, turn by turn.
    ///
    /// - Parameters:
    ///   - source: where the file stands among the sources, to be rewritten there on request.
    ///   - say: carries out one sentence and returns its answers.
    public func differences(rewriting source: URL, _ say: (String) throws -> [String]) throws -> [Difference] {
        var differences: [Difference] = []
        var rewritten: [String] = []
        var place = 0
        while place < lines.count {
            let line = lines[place]
            rewritten.append(line)
            place += 1
            guard line.hasPrefix("> ") else { continue }
            let (said, number) = (String(line.dropFirst(2)), place)
            var expected: [String] = []
            while place < lines.count, !lines[place].isEmpty, !lines[place].hasPrefix("#"), !lines[place].hasPrefix("> ") {
                expected.append(lines[place])
                place += 1
            }
            let actual = try say(said)
            rewritten += actual
            if actual != expected { differences.append(Difference(line: number, said: said, expected: expected, actual: actual)) }
        }
        if ProcessInfo.processInfo.environment["AGORA_REWRITE"] != nil {
            try rewritten.joined(separator: "\n").write(to: source, atomically: true, encoding: .utf8)
        }
        return differences
    }
}
