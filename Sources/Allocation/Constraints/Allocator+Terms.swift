import Cluster

extension Allocator {
    /// Gives a client the demands for its role instead of those it had. Agents that suit it only now may be of interest to
    /// it, as may all if it takes less than before.
    mutating func demand(_ terms: OfferTerms, for client: Int) {
        let role = clients[client].role
        setMinimum(terms.minimums[role], of: client)
        let constraints = terms.constraints[role]
        guard constraints != nil || clients[client].constraints != nil else { return }
        clients[client].constraints = constraints
        if constraints == nil { constrainedClients.remove(client) } else { constrainedClients.insert(client) }
        for agent in agents.slots { judge(agent, by: client) }
    }

    private mutating func setMinimum(_ minimum: MinimumAllocatable?, of client: Int) {
        guard minimum != clients[client].minimum else { return }
        clients[client].minimum = minimum
        if minimum == nil { choosyClients.remove(client) } else { choosyClients.insert(client) }
        markAllDirty()
    }

    /// Finds out whether an agent satisfies a client's constraints, once for as long as neither changes.
    mutating func judge(_ agent: Int, by client: Int) {
        if clients[client].constraints?.admits(agents[agent].facts) ?? true {
            guard agents[agent].excluded.remove(client) != nil else { return }
            markDirty(agent)
        } else {
            agents[agent].excluded.insert(client)
        }
    }
}
