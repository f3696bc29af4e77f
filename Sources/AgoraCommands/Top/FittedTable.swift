/// Rows in columns that fit a width: the first column gives way, and columns that matter less are left out.
struct FittedTable<Row>: Sendable {
    struct Column: Sendable {
        let title: String
        /// The higher, the earlier it is left out; 0: it stays.
        let rank: Int
        /// Least width, so that figures do not make columns jump.
        let width: Int
        let isText: Bool
        let cell: @Sendable (Row) -> String

        init(_ title: String, rank: Int, width: Int = 0, isText: Bool = false, cell: @escaping @Sendable (Row) -> String) {
            self.title = title
            self.rank = rank
            self.width = width
            self.isText = isText
            self.cell = cell
        }
    }

    /// Fewer of the first column are none.
    private static var leastFirst: Int { 12 }

    let columns: [Column]

    /// The head, then the rows, each at most `width` columns wide.
    func lines(_ rows: [Row], width: Int) -> [String] {
        var shown = columns
        var cells: [[String]] = []
        while true {
            cells = [shown.map(\.title)] + rows.map { row in shown.map { Self.printable($0.cell(row)) } }
            let widths = Self.widths(shown, cells)
            let first = min(widths.first ?? 0, Self.leastFirst)
            let least = first + widths.dropFirst().reduce(0) { $0 + $1 + 2 }
            guard least > width, let out = shown.indices.dropFirst().max(by: { shown[$0].rank < shown[$1].rank }), shown[out].rank > 0
            else {
                return Self.lay(shown, cells, widths, width: width)
            }
            shown.remove(at: out)
        }
    }

    private static func widths(_ columns: [Column], _ cells: [[String]]) -> [Int] {
        columns.indices.map { column in max(columns[column].width, cells.map { DisplayWidth.of($0[column]) }.max() ?? 0) }
    }

    private static func lay(_ columns: [Column], _ cells: [[String]], _ widths: [Int], width: Int) -> [String] {
        let others = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
        let first = max(1, min(widths.first ?? 0, width - others))
        return cells.map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let space = index == 0 ? first : widths[index]
                let text = DisplayWidth.cut(cell, to: space)
                let gap = String(repeating: " ", count: space - DisplayWidth.of(text))
                line += (index == 0 ? "" : "  ") + (columns[index].isText ? text + gap : gap + text)
            }
            while line.last == " " { line.removeLast() }
            return DisplayWidth.cut(line, to: width)
        }
    }

    private static func printable(_ text: String) -> String { text.isEmpty ? "-" : text.printable }
}
