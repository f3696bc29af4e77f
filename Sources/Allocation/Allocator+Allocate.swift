public import Cluster

extension Allocator {
    /// Grants what is free on the agents of which something changed to those who want it, the smallest share first.
    ///
    /// The grants are claimed at once: to be offered, and recovered if they are not wanted.
    ///
    /// - Parameter now: refusals that last until this moment have ended.
    public mutating func allocate(at now: Timestamp) -> [Grant] {
        endRefusals(at: now)
        guard !dirty.isEmpty else { return [] }
        refreshShares()
        let changed = dirty
        dirty.removeAll(keepingCapacity: true)
        var grants: [Grant] = []
        for agent in changed where agents.find(agent)?.isDirty == true {
            agents[agent].isDirty = false
            if agents[agent].isActive { allocate(agent, into: &grants) }
        }
        return grants
    }

    private mutating func allocate(_ agent: Int, into grants: inout [Grant]) {
        for (client, resources) in takers(of: agent) {
            claim(resources, for: client, on: agent)
            countGrant(to: client)
            let (framework, role) = (clients[client].framework, clients[client].role)
            grants.append(Grant(framework: framework, role: role, agent: agents[agent].id, resources: resources.allocated(to: role)))
        }
    }

    /// Who takes what of an agent's free resources: the first in turn all that it may have, the next of the rest.
    private func takers(of agent: Int) -> [(client: Int, resources: Resources)] {
        let record = agents[agent]
        var free = record.available
        guard isWorthAnOffer(free) else { return [] }
        let needed = needed(for: record)
        var takers: [(Int, Resources)] = []
        for rank in order.ranks where !record.excluded.contains(rank.client) && !record.isRefused(free, by: rank.client) {
            let client = clients[rank.client]
            guard client.capabilities.isSuperset(of: needed) else { continue }
            let wanted = acceptable(free, to: client)
            let minimum = client.minimum ?? options.minimum
            guard minimum.admits(wanted), !record.isRefused(wanted, by: rank.client) else { continue }
            takers.append((rank.client, wanted))
            free -= wanted.nonShared
            guard isWorthAnOffer(free) else { break }
        }
        return takers
    }

    /// Whether some client may want these; where each has its own minimum, that is decided for each.
    private func isWorthAnOffer(_ resources: Resources) -> Bool {
        choosyClients.isEmpty ? options.minimum.admits(resources) : !resources.isEmpty
    }

    /// What a framework must understand to be offered anything of an agent.
    func needed(for agent: AgentRecord) -> OfferCapabilities {
        var needed: OfferCapabilities = agent.isRemote ? .regions : []
        if options.keepsGPUsForTheirUsers, agent.total.scalar("gpus") > .zero { needed.insert(.gpus) }
        return needed
    }

    /// The part of `resources` that a client may have and understands.
    func acceptable(_ resources: Resources, to client: Client) -> Resources {
        let capabilities = client.capabilities
        return resources.filter { resource in
            resource.isAllocatable(to: client.role)
                && (capabilities.contains(.revocable) || !resource.metadata.isRevocable)
                && (capabilities.contains(.shared) || !resource.metadata.isShared)
                && (capabilities.contains(.refinedReservations) || !resource.hasRefinedReservation)
        }
    }

    /// Moves a client that was given something to its new place in the order.
    private mutating func countGrant(to client: Int) {
        order.remove(clients[client].rank)
        clients[client].rank.grants += 1
        clients[client].rank.share = currentShare(of: client)
        order.insert(clients[client].rank)
    }

    /// Compares all anew after the whole changed.
    private mutating func refreshShares() {
        guard areSharesStale else { return }
        areSharesStale = false
        var ranks: [Rank] = []
        for client in clients.slots {
            clients[client].rank.share = currentShare(of: client)
            if clients[client].isReady { ranks.append(clients[client].rank) }
        }
        order.rebuild(ranks)
    }
}
