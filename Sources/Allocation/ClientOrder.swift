/// Whose turn it is: the smaller share first; among equal ones who was given less often; then the older.
struct Rank: Comparable, Sendable {
    /// The dominant share, divided by the weight.
    var share: Double
    /// How often it was given something.
    var grants: UInt64
    /// Whose rank it is.
    var client: Int

    static func < (left: Rank, right: Rank) -> Bool {
        if left.share != right.share { return left.share < right.share }
        return (left.grants, left.client) < (right.grants, right.client)
    }
}

/// Those who want offers, in the order of their turns. A change of one moves one; the others stay where they are.
struct ClientOrder: Sendable {
    private(set) var ranks: [Rank] = []

    mutating func insert(_ rank: Rank) {
        ranks.insert(rank, at: position(of: rank))
    }

    mutating func remove(_ rank: Rank) {
        let index = position(of: rank)
        precondition(index < ranks.count && ranks[index] == rank, "who leaves the order must stand in it")
        ranks.remove(at: index)
    }

    /// Puts all in order anew.
    mutating func rebuild(_ ranks: [Rank]) {
        self.ranks = ranks.sorted()
    }

    /// The index where `rank` stands or would stand.
    private func position(of rank: Rank) -> Int {
        var (low, high) = (0, ranks.count)
        while low < high {
            let middle = (low + high) / 2
            if ranks[middle] < rank { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
