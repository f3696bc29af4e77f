import Testing

@testable import AgoraCommands

@Suite struct TextTableTests {
    private static let table: TextTable = {
        var table = TextTable("NAME", .id("ID"), "STATE", .wide("MORE"))
        table.add("a-rather-long-name-of-a-task", "5c0a1e2f-1111-2222-3333-444455556666-S17", "running", "x")
        table.add("web", "5c0a1e2f-1111-2222-3333-444455556666-S2", "killing", "y")
        return table
    }()

    @Test func columnsLineUpAndControlCharactersDoNot() {
        var table = TextTable("NAME", "STATE")
        table.add("long-name", "running")
        table.add("x\u{1b}[31m", "")
        #expect(table.text(TextLayout()) == "NAME       STATE\nlong-name  running\nx\u{fffd}[31m     -\n")
    }

    @Test func onAPipeAllOfItIsThere() {
        let text = Self.table.text(TextLayout())
        #expect(text.contains("a-rather-long-name-of-a-task  5c0a1e2f-1111-2222-3333-444455556666-S17  running\n"))
        #expect(!text.contains("MORE") && !text.contains("\u{1b}"))
    }

    @Test func wideHasMoreColumns() {
        let text = Self.table.text(TextLayout(isWide: true))
        #expect(text.split(separator: "\n").map { $0.split(separator: " ").last } == ["MORE", "x", "y"])
    }

    @Test(arguments: [10, 17, 30, 40, 50, 60, 79, 80, 81, 200]) func linesFit(_ width: Int) {
        let lines = Self.table.text(TextLayout(width: width)).split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines { #expect(line.count <= width, "\(line)") }
    }

    @Test func idsGiveWayFirstAndTheirEndsStay() {
        let lines = Self.table.text(TextLayout(width: 50)).split(separator: "\n")
        #expect(
            lines == [
                "NAME                         ID            STATE", "a-rather-long-name-of-a-ta…  5c0a1e…6-S17  running",
                "web                          5c0a1e…66-S2  killing",
            ]
        )
    }

    @Test func coloursAreAskedFor() {
        #expect(Self.table.text(TextLayout(isColourful: true)).hasPrefix("\u{1b}[1mNAME"))
    }

    @Test(arguments: [
        ("web", 3, false, "web"), ("webs", 3, false, "we…"), ("abcdefgh", 5, true, "ab…gh"), ("abcdefgh", 6, true, "abc…gh"),
        ("abc", 1, false, "…"), ("abc", 0, true, ""), ("日本語", 6, false, "日本語"), ("日本語", 5, false, "日本…"), ("日本語", 4, false, "日…"),
        ("🙂🙂", 3, false, "🙂…"),
    ])
    func textsAreCut(_ text: String, _ width: Int, _ keepsEnd: Bool, _ result: String) {
        #expect(DisplayWidth.cut(text, to: width, keepsEnd: keepsEnd) == result)
        #expect(DisplayWidth.of(result) <= width)
    }
}
