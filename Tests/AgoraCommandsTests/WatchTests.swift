import ArgumentParser
import Synchronization
import Testing

@testable import AgoraCommands

@Suite struct WatchScreenTests {
    private func written(_ size: (Int, Int), _ body: (WatchScreen) async -> Void) async -> String {
        let text = Mutex("")
        await body(WatchScreen(size: { size }, write: { piece in text.withLock { $0 += piece } }))
        return text.withLock { $0 }
    }

    @Test func textIsWrittenOverTheOneBefore() async {
        let text = await written((80, 24)) { screen in
            await screen.draw("one\ntwo\n")
            await screen.draw("three\n")
            await screen.leave()
        }
        #expect(
            text.replacing("\u{1b}", with: "^").replacing("\n", with: "|")
                == "^[?25l^[2J^[Hone^[K|two^[K|^[J" + "^[Hthree^[K|^[J" + "^[?25h|"
        )
    }

    @Test func whatHasNoRoomIsCounted() async {
        let text = await written((10, 4)) { await $0.draw("1\n2\n3\n4\n5 is longer than that\n", trouble: "gone") }
        let words = text.replacing("\u{1b}", with: "^").replacing("\n", with: "|")
        #expect(words.hasSuffix("^[H1^[K|… and 4 m…^[K|agora: go…^[K|^[J"), "\(words)")
    }

    @Test func aTerminalThatWasNotTakenIsLeftAlone() async {
        #expect(await written((80, 24)) { await $0.leave() } == "")
    }

    @Test func anotherSizeBeginsAnew() async {
        let text = await written((80, 24)) { screen in
            await screen.draw("x")
            await screen.draw("x", isResized: true)
        }
        #expect(text.ranges(of: "\u{1b}[2J").count == 2)
    }
}

@Suite struct WatchOptionTests {
    @Test(arguments: [
        (["--interval", "1s"], "add --watch"), (["-w", "--interval", "0"], "between 100ms and 1h"),
        (["-w", "--interval", "2h"], "between 100ms and 1h"), (["-w", "--interval", "soon"], "interval"),
    ])
    func badIntervalsAreRefused(_ arguments: [String], _ words: String) {
        let error = #expect(throws: (any Error).self) { try ListCommand.parse(arguments) }
        let message = error.map { ListCommand.message(for: $0) } ?? ""
        #expect(message.contains(words), "\(message)")
    }

    @Test func goodOnesAreRead() throws {
        #expect(try ListCommand.parse(["--watch", "--interval", "500ms"]).watching.interval?.duration == .milliseconds(500))
        #expect(try NodesCommand.parse(["-w"]).watching.watch)
    }
}
