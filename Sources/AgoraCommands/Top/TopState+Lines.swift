/// A line of the screen, and how it looks.
struct TopLine: Hashable, Sendable {
    enum Look: Sendable {
        case plain, strong, head, faint
    }

    let text: String
    var look = Look.plain
}

extension TopState {
    /// The screen: at most `rows` lines of at most `columns` characters.
    func lines(columns: Int, rows: Int) -> [TopLine] {
        guard columns > 0, rows > 0 else { return [] }
        let top = [TopLine(text: title, look: .strong)] + notes.map { TopLine(text: $0, look: .faint) }
        var body: [TopLine] = []
        if cluster != nil {
            let space = max(0, rows - top.count - 1)
            let nodeSpace = view == .both ? min(shownNodes.count + 2, max(space / 3, 3)) : view == .nodes ? space : 0
            if view != .containers { body += nodeLines(columns, nodeSpace) }
            if view != .nodes { body += containerLines(columns, max(0, space - body.count)) }
        }
        let bottom = TopLine(
            text: isTyping ? "filter: \(filter)_   Enter keeps it, Esc takes it away" : help,
            look: isTyping ? .strong : .faint
        )
        let above = (top + body).prefix(rows - 1)
        return (above + [bottom]).map { TopLine(text: DisplayWidth.cut($0.text, to: columns), look: $0.look) }
    }

    /// How many rows the list that scrolls shows on a screen so high.
    func pageRows(rows: Int) -> Int {
        let space = max(0, rows - 2 - notes.count)
        let nodeSpace = min(shownNodes.count + 2, max(space / 3, 3))
        return max(1, space - 1 - (view == .both ? nodeSpace : 0))
    }

    private var title: String {
        guard let cluster else { return "agora top  \(master)  asking the agents…" }
        let cpus = cluster.nodes.map(\.cpus).reduce(0, +)
        let used = cluster.nodes.compactMap(\.cpusUsed).reduce(0, +)
        let memory = Self.sum(cluster.nodes.map(\.memory))
        let words = [
            "agora top  \(master)", Self.count(cluster.nodes.count, "machine"),
            Self.count(cluster.containers.count { $0.parent == nil }, "container"),
            "cpus \(TopTables.number(used)) of \(TopTables.number(cpus)) used",
            "memory \(TopTables.bytes(Self.sum(cluster.nodes.compactMap(\.memoryUsed)))) of \(TopTables.bytes(memory)) used",
        ]
        return words.joined(separator: "  ")
    }

    private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    private static func sum(_ amounts: [UInt64]) -> UInt64 { amounts.reduce(0) { $0.addingReportingOverflow($1).partialValue } }

    private var notes: [String] {
        var notes: [String] = []
        if let problem { notes.append(problem.split(whereSeparator: \.isNewline).first.map(String.init)?.printable ?? "") }
        if let hint = cluster?.hint { notes.append(hint) }
        if !filter.isEmpty, !isTyping { notes.append("filter: \(filter)   Esc takes it away") }
        return notes
    }

    private var help: String {
        let way = isReversed ? "\(order.word), reversed" : order.word
        return "by \(way)   q leave  / filter  t tree  Tab view  r reverse  "
            + "sort by: c cpu  m memory  p processes  n name  f framework  o node  h throttling  w network"
    }

    /// A head, rows from the first on as far as there is space, and an empty line or how many more there are.
    private func nodeLines(_ columns: Int, _ space: Int) -> [TopLine] {
        let start = view == .nodes ? min(first, max(0, shownNodes.count - 1)) : 0
        let fitting = shownNodes.dropFirst(start).prefix(max(0, space - 2))
        var lines = Self.styled(TopTables.nodes.lines(Array(fitting), width: columns))
        let more = shownNodes.count - start - fitting.count
        lines.append(TopLine(text: more > 0 ? "\(Self.count(more, "more machine")); Tab shows them" : "", look: .faint))
        return Array(lines.prefix(space))
    }

    private func containerLines(_ columns: Int, _ space: Int) -> [TopLine] {
        let rows = shownContainers
        let fitting = rows.dropFirst(min(first, max(0, rows.count - 1))).prefix(max(0, space - 1))
        let lines = Self.styled(TopTables.containers.lines(Array(fitting), width: columns))
        let empty = rows.isEmpty ? [TopLine(text: filter.isEmpty ? "no containers" : "no container suits the filter", look: .faint)] : []
        return Array((lines + empty).prefix(space))
    }

    private static func styled(_ lines: [String]) -> [TopLine] {
        lines.enumerated().map { TopLine(text: $1, look: $0 == 0 ? .head : .plain) }
    }
}
