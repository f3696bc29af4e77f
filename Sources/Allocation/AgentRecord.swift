import Cluster

/// An agent as the division sees it.
struct AgentRecord: Sendable {
    let id: AgentID
    var total: Resources
    /// Whether its resources may be offered.
    var isActive = true
    /// Whether something changed, so that it must be looked at.
    var isDirty = false
    /// What each client has here. The owner of a piece is named by its reservation, the user is the client.
    var claims: [Int: Resources] = [:]
    /// What each client does not want to see.
    var refusals: [Int: [Refusal]] = [:]

    init(id: AgentID, total: Resources) {
        self.id = id
        self.total = total
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
