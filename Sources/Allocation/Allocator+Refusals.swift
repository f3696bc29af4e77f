import Cluster

extension Allocator {
    /// How many deadlines of refusals that are gone are kept besides as many again as there are refusals.
    private static let staleDeadlines = 64

    /// Remembers that a client does not want to see `resources` of an agent for a while; one that left its role sees
    /// nothing anyway.
    mutating func refuse(_ resources: Resources, by client: Int, on agent: Int, filter: RefuseFilter, at now: Timestamp) {
        guard filter.duration > .zero, !resources.isEmpty, clients[client].isSubscribed else { return }
        let deadline = now + filter.duration
        var refusals = agents[agent].refusals[client] ?? []
        refusalCount -= refusals.count
        // What lasts longer and covers more makes the other superfluous.
        let isCovered = refusals.contains { $0.deadline >= deadline && $0.resources.contains(resources) }
        if !isCovered {
            refusals.removeAll { $0.deadline <= deadline && resources.contains($0.resources) }
            if refusals.count == RefuseFilter.maximumCount { refusals.removeFirst() }
            lastRefusal += 1
            let place = refusals.firstIndex { $0.deadline > deadline } ?? refusals.count
            refusals.insert(Refusal(resources: resources, deadline: deadline, id: lastRefusal), at: place)
            deadlines.insert(.init(moment: deadline, agent: agent, client: client, refusal: lastRefusal))
        }
        refusalCount += refusals.count
        agents[agent].refusals[client] = refusals
        clients[client].refusedAgents.insert(agent)
        dropStaleDeadlines()
    }

    /// Forgets all that a client refused; its agents may be of interest to it again.
    mutating func clearRefusals(of client: Int) {
        for agent in clients[client].refusedAgents.sorted() {
            clearRefusals(of: client, on: agent)
            markDirty(agent)
        }
    }

    /// Forgets what a client refused of one agent.
    mutating func clearRefusals(of client: Int, on agent: Int) {
        refusalCount -= agents[agent].refusals.removeValue(forKey: client)?.count ?? 0
        clients[client].refusedAgents.remove(agent)
        dropStaleDeadlines()
    }

    /// Ends the refusals whose time has come.
    mutating func endRefusals(at now: Timestamp) {
        while let first = deadlines.first, first.moment <= now {
            deadlines.removeFirst()
            guard isAlive(first) else { continue }
            var refusals = agents[first.agent].refusals[first.client] ?? []
            refusals.removeAll { $0.id == first.refusal }
            refusalCount -= 1
            agents[first.agent].refusals[first.client] = refusals.isEmpty ? nil : refusals
            if refusals.isEmpty { clients[first.client].refusedAgents.remove(first.agent) }
            markDirty(first.agent)
        }
    }

    /// Keeps the deadlines from growing when refusals are forgotten faster than they end.
    private mutating func dropStaleDeadlines() {
        guard deadlines.count > 2 * refusalCount + Self.staleDeadlines else { return }
        var kept = deadlines
        kept.filter(isAlive)
        deadlines = kept
    }

    private func isAlive(_ deadline: RefusalDeadlines.Deadline) -> Bool {
        guard let refusals = agents.find(deadline.agent)?.refusals[deadline.client] else { return false }
        return refusals.contains { $0.id == deadline.refusal }
    }
}
