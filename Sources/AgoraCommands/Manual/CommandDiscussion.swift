/// What a command says of itself in its help, in parts: paragraphs, tables, and at the end the examples.
struct CommandDiscussion {
    enum Part: Hashable {
        case paragraph(String)
        /// Lines as they stand.
        case table([String])
    }

    private(set) var parts: [Part] = []
    private(set) var examples: [String] = []

    /// Titles of the examples, which stand at the end.
    private static let exampleTitles: Set<String> = ["EXAMPLE", "EXAMPLES", "Start here:"]

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let end = lines.lastIndex(where: Self.exampleTitles.contains) ?? lines.endIndex
        examples = lines[min(end + 1, lines.endIndex)...].filter { !$0.isEmpty }.map { String($0.trimmingPrefix("  ")) }
        for block in lines[..<end].split(separator: "") { add(Array(block)) }
    }

    /// Indented lines are a table, the others one paragraph before it.
    private mutating func add(_ block: [String]) {
        let text = block.prefix { !$0.hasPrefix(" ") }
        let rest = block[text.endIndex...]
        if !text.isEmpty { parts.append(.paragraph(text.joined(separator: "\n"))) }
        if !rest.isEmpty { parts.append(.table(Array(rest))) }
    }
}
