public import Cluster

/// How an ``Allocator`` divides.
public struct AllocatorOptions: Sendable {
    /// How much a role counts against others: twice the weight, twice the share. Roles not named here weigh 1.
    public let weights: [RoleName: Double]
    /// Resources whose use does not count when shares are compared.
    public let excludedFromShares: Set<String>
    /// The least that is worth an offer: at least one of these, complete. If there are none, anything is.
    public let minimumAllocatable: [Resources]
    /// Whether agents that have `gpus` are offered only to frameworks that can use them.
    public let keepsGPUsForTheirUsers: Bool

    private struct Minimum {
        let name: String
        let amount: Scalar
    }

    /// ``minimumAllocatable`` in the form in which it is compared.
    private let minimums: [[Minimum]]

    /// As Mesos does when nothing is configured: equal weights, and at least 0.01 processors or 32 MiB in an offer.
    public init(
        weights: [RoleName: Double] = [:],
        excludedFromShares: Set<String> = [],
        minimumAllocatable: [Resources] = AllocatorOptions.defaultMinimumAllocatable,
        keepsGPUsForTheirUsers: Bool = true
    ) {
        precondition(weights.values.allSatisfy { $0 > 0 && $0.isFinite }, "a weight must be a positive number")
        self.weights = weights
        self.excludedFromShares = excludedFromShares
        self.minimumAllocatable = minimumAllocatable
        self.keepsGPUsForTheirUsers = keepsGPUsForTheirUsers
        minimums = minimumAllocatable.map { resources in
            resources.names.map { Minimum(name: $0, amount: resources.scalar($0)) }
        }
    }

    /// 0.01 processors, or 32 MiB of memory (`--min_allocatable_resources` of Mesos).
    public static let defaultMinimumAllocatable: [Resources] = [
        [Resource("cpus", .scalar(Scalar(thousandths: 10)))],
        [Resource("mem", .scalar(Scalar(thousandths: 32_000)))],
    ]

    /// Whether `resources` are worth an offer.
    func isAllocatable(_ resources: Resources) -> Bool {
        guard !resources.isEmpty else { return false }
        return minimums.isEmpty || minimums.contains { $0.allSatisfy { resources.scalar($0.name) >= $0.amount } }
    }
}
