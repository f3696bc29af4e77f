import Foundation
import TestSupport
import Testing

/// Conversations with an agent's core, told in text files: what happens to it, and all that it does then.
@Suite struct ConversationTests {
    @Test(arguments: ["launch", "kill", "group", "restart", "lost-acknowledgement", "power-loss"])
    func theAgentDoesWhatIsWritten(_ name: String) throws {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Conversations"))
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Conversations/\(name).txt")
        var conversation = Conversation()
        for difference in try Transcript(file).differences(rewriting: source, { try conversation.say($0) }) {
            Issue.record(Comment(rawValue: "\(difference)"))
        }
    }
}
