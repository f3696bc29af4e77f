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
    /// Where the master stands. Agents of other regions are offered only to frameworks that know of regions.
    public let region: String?

    /// ``minimumAllocatable`` in the form in which it is compared.
    let minimum: MinimumAllocatable

    /// As Mesos does when nothing is configured: equal weights, and at least 0.01 processors or 32 MiB in an offer.
    public init(
        weights: [RoleName: Double] = [:],
        excludedFromShares: Set<String> = [],
        minimumAllocatable: [Resources] = AllocatorOptions.defaultMinimumAllocatable,
        keepsGPUsForTheirUsers: Bool = true,
        region: String? = nil
    ) {
        precondition(weights.values.allSatisfy { $0 > 0 && $0.isFinite }, "a weight must be a positive number")
        self.weights = weights
        self.excludedFromShares = excludedFromShares
        self.minimumAllocatable = minimumAllocatable
        self.keepsGPUsForTheirUsers = keepsGPUsForTheirUsers
        self.region = region
        minimum = MinimumAllocatable(minimumAllocatable)
    }

    /// 0.01 processors, or 32 MiB of memory (`--min_allocatable_resources` of Mesos).
    public static let defaultMinimumAllocatable: [Resources] = [
        [Resource("cpus", .scalar(Scalar(thousandths: 10)))],
        [Resource("mem", .scalar(Scalar(thousandths: 32_000)))],
    ]
}
