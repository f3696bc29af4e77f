/// Text in the language of manual pages, see man(7) and groff_char(7).
enum RoffText {
    /// A paragraph; what stands between backquotes is to be typed, and shown in bold.
    static func prose(_ text: String) -> String {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false)
        let words = pieces.enumerated().map { index, piece in index % 2 == 1 ? bold(String(piece)) : escaped(String(piece)) }
        return lines(words.joined())
    }

    /// Lines as they are typed.
    static func code(_ text: String) -> String { lines(verbatim(text)) }

    static func bold(_ text: String) -> String { "\\fB\(verbatim(text))\\fR" }

    static func italic(_ text: String) -> String { "\\fI\(verbatim(text))\\fR" }

    /// Between double quotes, as macros take an argument.
    static func argument(_ text: String) -> String { "\"\(escaped(text).replacing("\"", with: "\\(dq"))\"" }

    private static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\e") }

    /// Every character as what it is, not as typesetters like it: a hyphen can be searched for and copied.
    private static func verbatim(_ text: String) -> String {
        let names: [Character: String] = ["\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"]
        return text.map { names[$0] ?? String($0) }.joined()
    }

    /// A line that begins with a dot or an apostrophe would be a request.
    private static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&\($0)" : String($0) }
            .joined(separator: "\n")
    }
}
