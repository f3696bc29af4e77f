/// Rows in columns, for people; a program reads `--output json`.
struct TextTable {
    private let head: [String]
    private var rows: [[String]] = []

    init(_ head: String...) { self.head = head }

    mutating func add(_ cells: String...) { rows.append(cells.map(Self.printable)) }

    /// - Parameter isColourful: whether the head stands out.
    func text(isColourful: Bool) -> String {
        var widths = head.map(\.count)
        for row in rows {
            for (column, cell) in row.enumerated() where column < widths.count { widths[column] = max(widths[column], cell.count) }
        }
        let headLine = Self.line(head, widths)
        let lines = rows.map { Self.line($0, widths) }
        return ([isColourful ? "\u{1b}[1m\(headLine)\u{1b}[0m" : headLine] + lines).joined(separator: "\n") + "\n"
    }

    /// Cells with two spaces between them; nothing behind the last.
    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(0, width - cell.count) + 2)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Names come from anybody: control characters must not reach the terminal.
    private static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }
        return scalars.isEmpty ? "-" : String(String.UnicodeScalarView(scalars))
    }
}
