import Foundation
import TestSupport
import Testing

/// Conversations with a master, told in text files: what is said to it, and all that it says then.
@Suite struct ConversationTests {
    @Test(arguments: ["life-of-a-task", "failing-over", "partition", "an-executor-of-its-own"])
    func theMasterSaysWhatIsWritten(_ name: String) throws {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Conversations"))
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Conversations/\(name).txt")
        var conversation = Conversation()
        for difference in try Transcript(file).differences(rewriting: source, { try conversation.say($0) }) {
            Issue.record(Comment(rawValue: "\(difference)"))
        }
    }
}
