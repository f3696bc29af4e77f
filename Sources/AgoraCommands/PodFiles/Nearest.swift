/// Finds what somebody may have meant.
enum Nearest {
    /// The names closest to `name`, best first: those that need few corrections, or that contain it.
    static func names(to name: String, among candidates: some Sequence<String>, atMost limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(maximumLength))
        guard !wanted.isEmpty else { return [] }
        let ranked = Set(candidates).compactMap { candidate -> (name: String, distance: Int)? in
            let other = Array(candidate.lowercased().unicodeScalars.prefix(maximumLength))
            let isPart = wanted.count >= 3 && candidate.lowercased().contains(name.lowercased())
            let distance = isPart ? 0 : corrections(from: wanted, to: other)
            return distance <= max(1, wanted.count / 3) ? (candidate, distance) : nil
        }
        return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
    }

    /// Longer names are compared by their beginning.
    private static let maximumLength = 64

    /// How many characters must be put in, left out or changed (Levenshtein's distance).
    private static func corrections(from source: [Unicode.Scalar], to target: [Unicode.Scalar]) -> Int {
        var row = Array(0...target.count)
        for (index, scalar) in source.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in target.indices {
                let change = diagonal + (target[column] == scalar ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
