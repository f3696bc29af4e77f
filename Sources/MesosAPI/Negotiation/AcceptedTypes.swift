/// What an `Accept` header allows. See RFC 9110 §12.5.1.
struct AcceptedTypes {
    private struct Range {
        let type: Substring
        let subtype: Substring
        let quality: Double
    }

    private let ranges: [Range]

    /// An absent header allows everything.
    init(_ header: String?) {
        ranges = (header ?? "*/*").split(separator: ",").prefix(Self.maximumRanges).compactMap(Self.range)
    }

    private static let maximumRanges = 64

    /// Between 0, which is not acceptable, and 1. The most specific range counts.
    func quality(of mediaType: String) -> Double {
        let parts = mediaType.split(separator: "/")
        guard parts.count == 2 else { return 0 }
        let matching = ranges.filter { ($0.type == "*" || $0.type == parts[0]) && ($0.subtype == "*" || $0.subtype == parts[1]) }
        func specificity(_ range: Range) -> Int { (range.type == "*" ? 0 : 1) + (range.subtype == "*" ? 0 : 1) }
        return matching.max { (specificity($0), $0.quality) < (specificity($1), $1.quality) }?.quality ?? 0
    }

    /// Whether the type stands in the header itself, not only within a `*`, and is wanted.
    func names(_ mediaType: String) -> Bool {
        ranges.contains { "\($0.type)/\($0.subtype)" == mediaType && $0.quality > 0 }
    }

    private static func range(_ text: Substring) -> Range? {
        let pieces = text.split(separator: ";").map { $0.trimmed }
        guard let parts = pieces.first?.lowercased().split(separator: "/"), parts.count == 2 else { return nil }
        let quality = pieces.dropFirst().first { $0.hasPrefix("q=") || $0.hasPrefix("Q=") }.flatMap { Double($0.dropFirst(2)) }
        return Range(type: parts[0], subtype: parts[1], quality: min(max(quality ?? 1, 0), 1))
    }
}

extension Substring {
    /// Without white space at both ends.
    var trimmed: Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
