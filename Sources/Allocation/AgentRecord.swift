import Cluster

/// An agent as the division sees it.
struct AgentRecord: Sendable {
    let id: AgentID
    let facts: AgentFacts
    var total: Resources
    /// Whether it stands in another region than the master.
    let isRemote: Bool
    /// Whether its resources may be offered.
    var isActive = true
    /// Whether something changed, so that it must be looked at.
    var isDirty = false
    /// What each client has here. The owner of a piece is named by its reservation, the user is the client.
    var claims: [Int: Resources] = [:]
    /// What each client does not want to see.
    var refusals: [Int: [Refusal]] = [:]
    /// The clients whose constraints it does not satisfy; found once, when either changes.
    var excluded: Set<Int> = []

    init(id: AgentID, total: Resources, facts: AgentFacts, masterRegion: String?) {
        self.id = id
        self.total = total
        self.facts = facts
        isRemote = masterRegion.map { facts.region != nil && facts.region != $0 } ?? false
    }

    /// What may be offered: all that nobody has, and what is shared, whoever has it.
    var available: Resources {
        let free = claims.values.reduce(into: total) { $0 -= $1 }
        let shared = total.shared
        return shared.isEmpty ? free : free.nonShared + shared
    }

    /// Whether `client` refused all of `resources`. What it refused earlier and more of it is worth showing.
    func isRefused(_ resources: Resources, by client: Int) -> Bool {
        guard !refusals.isEmpty, let refused = refusals[client] else { return false }
        return refused.contains { $0.resources.contains(resources) }
    }
}
