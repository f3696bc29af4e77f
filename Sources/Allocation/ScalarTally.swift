import Cluster

/// Sums of amounts by name. Wide enough for any number of agents, and exact, so that what was added can be taken away.
struct ScalarTally: Sendable {
    private struct Sum {
        let name: String
        var thousandths: Int128

        /// As a number to divide by. Clamped, because the direct way to `Double` is slow and a share needs no more.
        var approximate: Double { Double(Int64(clamping: thousandths)) }
    }

    /// By name; few enough that a search through all is the quickest.
    private var sums: [Sum] = []

    mutating func add(_ resources: Resources) {
        resources.forEachScalar { name, amount in change(name, by: Int128(amount.thousandths)) }
    }

    mutating func remove(_ resources: Resources) {
        resources.forEachScalar { name, amount in change(name, by: -Int128(amount.thousandths)) }
    }

    private mutating func change(_ name: String, by thousandths: Int128) {
        guard let index = sums.firstIndex(where: { $0.name == name }) else {
            sums.append(Sum(name: name, thousandths: thousandths))
            return
        }
        sums[index].thousandths += thousandths
        if sums[index].thousandths == 0 { sums.remove(at: index) }
    }

    /// The largest part that this is of any amount in `total`: the dominant share of Ghodsi et al., "Dominant Resource
    /// Fairness" (NSDI 2011).
    func dominantShare(of total: ScalarTally, excluding excluded: Set<String>) -> Double {
        var share = 0.0
        for sum in sums where !excluded.contains(sum.name) {
            guard let whole = total.sums.first(where: { $0.name == sum.name }), whole.thousandths > 0 else { continue }
            share = max(share, sum.approximate / whole.approximate)
        }
        return share
    }
}
