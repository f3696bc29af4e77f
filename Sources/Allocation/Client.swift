import Cluster

/// One who takes part in the division: a framework in one of its roles.
struct Client: Sendable {
    let framework: FrameworkID
    let role: RoleName
    /// How much its role counts.
    let weight: Double
    /// The kinds of resources that the framework understands.
    var capabilities: OfferCapabilities = []
    /// Which agents suit the framework; all if there are none.
    var constraints: RoleConstraints?
    /// The least that is worth an offer, if that is other than for all.
    var minimum: MinimumAllocatable?
    /// Whether the framework is subscribed to the role; if not, the client lasts until its last claim is gone.
    var isSubscribed = false
    /// Whether the framework wants no offers for the role.
    var isSuppressed = false
    /// All that it has, on all agents.
    var claimed = ScalarTally()
    /// Its place in the order; kept here to find it there.
    var rank = Rank(share: 0, grants: 0, client: 0)
    /// Whether it stands in the order, that is, wants offers and may get them.
    var isReady = false
    /// The agents where it has something.
    var claimAgents: Set<Int> = []
    /// The agents of which it refused something.
    var refusedAgents: Set<Int> = []

    init(framework: FrameworkID, role: RoleName, weight: Double) {
        self.framework = framework
        self.role = role
        self.weight = weight
    }
}

/// A framework as the division sees it.
struct Framework: Sendable {
    /// Whether it was added; if not, we know it only by what it has on agents, and for as long.
    var isAdded = false
    /// Whether it can be reached.
    var isActive = false
    var capabilities: OfferCapabilities = []
    /// Its clients by role.
    var clients: [RoleName: Int] = [:]
}
