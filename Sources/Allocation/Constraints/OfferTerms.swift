public import Cluster

/// What a framework demands of offers beyond its roles and abilities; nothing unless given.
public struct OfferTerms: Sendable {
    /// By role, which agents suit; a role that is not named takes every agent.
    public var constraints: [RoleName: RoleConstraints]

    /// By role, the least that is worth an offer, instead of what holds for all; see ``AllocatorOptions``.
    public var minimums: [RoleName: MinimumAllocatable]

    /// Demands.
    public init(constraints: [RoleName: RoleConstraints] = [:], minimums: [RoleName: MinimumAllocatable] = [:]) {
        self.constraints = constraints
        self.minimums = minimums
    }
}

/// The least that is worth an offer: at least one of some sums of amounts, complete. Without any sum, anything is.
public struct MinimumAllocatable: Hashable, Sendable {
    private struct Amount: Hashable {
        let name: String
        let amount: Scalar
    }

    private let sums: [[Amount]]

    /// A minimum of any of these.
    public init(_ sums: [Resources]) {
        self.sums = sums.map { resources in
            resources.names.map { Amount(name: $0, amount: resources.scalar($0)) }
        }
    }

    /// The sums, each as resources that nobody has reserved.
    var alternatives: [Resources] {
        sums.map { sum in Resources(sum.map { Resource($0.name, .scalar($0.amount)) }) }
    }

    /// Whether `resources` are worth an offer.
    func admits(_ resources: Resources) -> Bool {
        guard !resources.isEmpty else { return false }
        return sums.isEmpty || sums.contains { $0.allSatisfy { resources.scalar($0.name) >= $0.amount } }
    }
}
