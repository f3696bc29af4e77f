import Testing

@testable import AgoraCommands

/// What shells are offered while a word is typed.
@Suite struct LiveNamesTests {
    @Test(
        arguments: [
            (["agora", "logs", "--master", "a:1", "x"], "a:1"), (["agora", "logs", "--master=b:2", "x"], "b:2"), (["agora", "logs"], nil),
            (["agora", "logs", "--master"], nil), (["--master", "a:1", "--master", "c:3"], "c:3"),
        ] as [([String], String?)]
    )
    func theMasterIsTheOneOfTheCommandLine(_ words: [String], _ master: String?) {
        #expect(LiveNames.masterOption(in: words) == master)
    }

    @Test func onlyPlainWordsAreOffered() {
        let names = ["web", "web", "web-2", "we b", "web;rm", "web$(x)", "web\n", "", "wéb", "db", "we.b_1"]
        #expect(LiveNames.usable(names, prefix: "we") == ["we.b_1", "web", "web-2"])
        #expect(LiveNames.usable((0..<1000).map { "n\($0)" }, prefix: "").count == LiveNames.maximumCount)
    }
}
