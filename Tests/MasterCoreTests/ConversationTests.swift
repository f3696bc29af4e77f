import Foundation
import Testing

/// Conversations with a master, told in text files: what is said to it, and all that it says then.
@Suite struct ConversationTests {
    @Test(arguments: ["life-of-a-task", "failing-over", "partition", "an-executor-of-its-own"])
    func theMasterSaysWhatIsWritten(_ name: String) throws {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Conversations"))
        let script = try String(contentsOf: file, encoding: .utf8)
        var conversation = Conversation()
        for turn in Self.turns(of: script) {
            let answer = try conversation.say(turn.said)
            #expect(answer == turn.expected, "after line \(turn.line): \(turn.said)")
        }
    }

    private struct Turn {
        let line: Int
        let said: String
        var expected: [String] = []
    }

    /// `>` begins a turn; other lines are the answers to it. Empty lines and lines after `#` say nothing.
    private static func turns(of script: String) -> [Turn] {
        var turns: [Turn] = []
        for (number, line) in script.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("> ") {
                turns.append(Turn(line: number + 1, said: String(line.dropFirst(2))))
            } else if !line.isEmpty, !line.hasPrefix("#"), !turns.isEmpty {
                turns[turns.count - 1].expected.append(String(line))
            }
        }
        return turns
    }
}
