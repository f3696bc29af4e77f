/// How many columns of a terminal text takes.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + of($1) }
    }

    /// The text in at most so many columns, with "…" for what is left out.
    ///
    /// - Parameter keepsEnd: whether the middle is left out, not the end.
    static func cut(_ text: String, to width: Int, keepsEnd: Bool = false) -> String {
        guard of(text) > width else { return text }
        guard width > 1 else { return width == 1 ? "…" : "" }
        let end = keepsEnd ? (width - 1) / 2 : 0
        return beginning(text, width - 1 - end) + "…" + String(beginning(String(text.reversed()), end).reversed())
    }

    private static func beginning(_ text: String, _ width: Int) -> String {
        var used = 0
        return String(
            text.prefix { character in
                used += of(character)
                return used <= width
            }
        )
    }

    /// East Asian characters and pictures take two; see Unicode's annexes 11 and 51.
    private static func of(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]
}
