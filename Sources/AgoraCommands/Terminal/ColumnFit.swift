/// Makes the columns of a table fit a terminal.
enum ColumnFit {
    /// Spaces between columns.
    static let gap = 2
    /// What is left of an id, so that others still differ from it.
    private static let leastOfID = 12
    /// What is left of any column.
    private static let least = 6

    /// The widths that columns get: ids give way first, then whatever is longest, to as much as all of the longest can have.
    ///
    /// - Parameters:
    ///   - ids: which columns hold ids.
    ///   - total: the terminal's columns; nil: there is no end.
    static func widths(_ wanted: [Int], ids: [Bool], in total: Int?) -> [Int] {
        guard let total else { return wanted }
        let room = total - gap * max(0, wanted.count - 1)
        let shorter = shortened(wanted, where: ids, to: room, least: leastOfID)
        return shortened(shorter, where: ids.map { _ in true }, to: room, least: least)
    }

    private static func shortened(_ wanted: [Int], where mayShrink: [Bool], to room: Int, least: Int) -> [Int] {
        func widths(_ limit: Int) -> [Int] { zip(wanted, mayShrink).map { $1 ? min($0, limit) : $0 } }
        var limit = wanted.max() ?? 0
        while limit > least, widths(limit).reduce(0, +) > room { limit -= 1 }
        var found = widths(limit)
        var rest = room - found.reduce(0, +)
        for column in found.indices where rest > 0 && found[column] < wanted[column] {
            found[column] += 1
            rest -= 1
        }
        return found
    }
}
