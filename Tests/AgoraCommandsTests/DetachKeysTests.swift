import Testing

@testable import AgoraCommands

/// The keys that leave a container running.
@Suite struct DetachKeysTests {
    @Test(
        arguments: [("ctrl-p,ctrl-q", [0x10, 0x11]), ("ctrl-],x", [0x1d, 0x78]), ("a", [0x61]), ("ctrl-@", [0])] as [(String, [UInt8])]
    )
    func areRead(text: String, bytes: [UInt8]) throws {
        #expect(try DetachKeys(parsing: text).bytes == bytes)
    }

    @Test(arguments: ["", "ctrl-", "ctrl-1", "ab", "a,", "é", "ctrl-pp", String(repeating: "a,", count: 20) + "a"])
    func nonsenseIsRefused(text: String) {
        #expect { try DetachKeys(parsing: text) } throws: { "\($0)".contains("names no keys") }
    }

    /// What is typed in pieces, and what of it reaches the container.
    @Test(
        arguments: [
            (["abc"], "abc", false), (["a\u{10}", "\u{11}b"], "a", true), (["\u{10}x"], "\u{10}x", false),
            (["\u{10}\u{10}\u{11}"], "\u{10}", true), (["\u{11}"], "\u{11}", false),
        ] as [([String], String, Bool)]
    )
    func areTakenOutOfWhatIsTyped(typed: [String], passed: String, isDetached: Bool) {
        var keys = DetachKeys.usual
        var all: [UInt8] = []
        var hasLeft = false
        for piece in typed {
            let result = keys.filter(Array(piece.utf8))
            all += result.bytes
            hasLeft = hasLeft || result.isDetached
        }
        #expect(String(decoding: all, as: UTF8.self) == passed && hasLeft == isDetached)
    }
}
