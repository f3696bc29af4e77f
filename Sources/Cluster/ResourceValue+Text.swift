extension ResourceValue {
    /// Reads `4`, `0.5`, `[31000-32000, 33000-34000]` or `{a, b}`.
    ///
    /// Also the values of attributes are written like this (`MesosAPI`).
    public static func parse(_ text: Substring) throws(ResourcesError) -> ResourceValue {
        switch text.first {
        case nil: throw ResourcesError(piece: "", reason: "has no value; write a number, [begin-end] or {a,b}")
        case "[": return .ranges(try ranges(of: text))
        case "{": return .set(try set(of: text))
        default: return .scalar(try scalar(of: text))
        }
    }

    private static func scalar(of text: Substring) throws(ResourcesError) -> Scalar {
        let isDecimal = text.utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) }
        guard isDecimal, let number = Double(text) else {
            throw ResourcesError(piece: String(text), reason: "'\(String(text).clipped(to: 40))' is not a number")
        }
        do {
            return try Scalar(number)
        } catch {
            throw ResourcesError(piece: String(text), reason: error.reason)
        }
    }

    private static func ranges(of text: Substring) throws(ResourcesError) -> ResourceRanges {
        let parts = try parts(of: text, closedBy: "]", limit: ResourceRanges.maximumCount)
        var ranges: [ClosedRange<UInt64>] = []
        for part in parts { ranges.append(try range(of: part)) }
        guard !ranges.isEmpty else {
            throw ResourcesError(piece: String(text), reason: "has no range; write for example [31000-32000]")
        }
        return ResourceRanges(ranges)
    }

    private static func range(of text: Substring) throws(ResourcesError) -> ClosedRange<UInt64> {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map(\.trimmed)
        guard bounds.count == 2, let begin = UInt64(bounds[0]), let end = UInt64(bounds[1]) else {
            throw ResourcesError(
                piece: String(text),
                reason: "'\(String(text).clipped(to: 40))' is not a range; write for example 31000-32000"
            )
        }
        guard begin <= end else {
            throw ResourcesError(piece: String(text), reason: "the range \(begin)-\(end) ends before it begins")
        }
        return begin...end
    }

    private static func set(of text: Substring) throws(ResourcesError) -> ResourceSet {
        let parts = try parts(of: text, closedBy: "}", limit: ResourceSet.maximumCount).map { String($0) }
        let items = ResourceSet(parts)
        guard items.items.count == parts.count else {
            throw ResourcesError(piece: String(text), reason: "the set names something twice")
        }
        return items
    }

    /// What stands between the brackets, divided at commas.
    private static func parts(of text: Substring, closedBy close: Character, limit: Int) throws(ResourcesError) -> [Substring] {
        guard text.last == close, text.count > 1 else {
            throw ResourcesError(piece: String(text), reason: "the list must end with '\(close)'")
        }
        let inside = text.dropFirst().dropLast().trimmed
        guard !inside.isEmpty else { return [] }
        let parts = inside.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        guard parts.count <= limit else {
            throw ResourcesError(piece: String(text), reason: "the list has \(parts.count) items; \(limit) are allowed")
        }
        guard !parts.contains(where: \.isEmpty) else {
            throw ResourcesError(piece: String(text), reason: "the list has an empty item")
        }
        return parts
    }
}
