/// Rows in columns, for people; a program reads `--output json`.
struct TextTable {
    /// The head of a column, and how it gives way if the lines are too long.
    struct Column: ExpressibleByStringLiteral, Sendable {
        let name: String
        /// Whether it is shown only if everything is to be shown.
        var isWide = false
        /// Whether what is too long is cut in its middle, for the ends of ids differ.
        var keepsEnd = false

        init(stringLiteral name: String) {
            self.name = name
        }

        static func id(_ name: String, isWide: Bool = false) -> Column {
            var column = Column(stringLiteral: name)
            (column.keepsEnd, column.isWide) = (true, isWide)
            return column
        }

        static func wide(_ name: String) -> Column {
            var column = Column(stringLiteral: name)
            column.isWide = true
            return column
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: Column...) { self.columns = columns }

    mutating func add(_ cells: String...) { rows.append(cells.map { $0.isEmpty ? "-" : $0.printable }) }

    func text(_ layout: TextLayout) -> String {
        let places = self.columns.indices.filter { layout.isWide || !self.columns[$0].isWide }
        let columns = places.map { self.columns[$0] }
        let lines: [[String]] = [columns.map(\.name)] + rows.map { row in places.map { $0 < row.count ? row[$0] : "" } }
        let wanted = columns.indices.map { column in lines.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        let widths = ColumnFit.widths(wanted, ids: columns.map(\.keepsEnd), in: layout.width)
        var texts = lines.map { Self.line($0, columns, widths) }
        // A terminal narrower than the narrowest table.
        if let width = layout.width { texts = texts.map { DisplayWidth.cut($0, to: width) } }
        if layout.isColourful { texts[0] = "\u{1b}[1m\(texts[0])\u{1b}[0m" }
        return texts.joined(separator: "\n") + "\n"
    }

    /// Cells with two spaces between them; nothing behind the last.
    private static func line(_ cells: [String], _ columns: [Column], _ widths: [Int]) -> String {
        var line = ""
        for ((cell, column), width) in zip(zip(cells, columns), widths) {
            let text = DisplayWidth.cut(cell, to: width, keepsEnd: column.keepsEnd)
            line += text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)) + ColumnFit.gap)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
