import Testing

@testable import AgoraCommands

@Suite struct PrefixedLinesTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func linesAreCompletedAcrossPieces() {
        var lines = PrefixedLines(prefix: "a | ")
        #expect(text(lines.append([UInt8]("one\ntw".utf8))) == "a | one\n")
        #expect(text(lines.append([UInt8]("o\n\nthree".utf8))) == "a | two\na | \n")
        #expect(text(lines.finish()) == "a | three\n")
        #expect(lines.finish().isEmpty)
    }

    @Test func aLineWithoutEndIsCut() {
        var lines = PrefixedLines(prefix: "")
        let long = [UInt8](repeating: 0x61, count: PrefixedLines.maximumLine + 1)
        #expect(lines.append(long).count == long.count + 1)
    }
}

@Suite struct NearestTests {
    @Test(
        arguments: [
            ("web-x7k2p", ["web-x7k2q", "db-x7k2p", "zzz"], ["web-x7k2q", "db-x7k2p"]), ("web", ["my-web-1", "x"], ["my-web-1"]),
            ("a", ["b", "cc"], ["b"]),
            ("", ["a"], []), ("zzzz", ["a"], []),
        ] as [(String, [String], [String])]
    )
    func finds(_ name: String, _ candidates: [String], _ near: [String]) {
        #expect(Nearest.names(to: name, among: candidates) == near)
    }
}
