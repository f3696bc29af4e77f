public import Cluster

extension Allocator {
    /// Adds an agent, all of whose resources may be offered but those that frameworks have already.
    ///
    /// Frameworks that are not there yet keep what they have until they come. An agent that is there already is
    /// replaced.
    ///
    /// - Parameter facts: what constraints on offers are about.
    public mutating func addAgent(
        _ id: AgentID,
        total: Resources,
        allocated: [FrameworkID: Resources] = [:],
        facts: AgentFacts = AgentFacts()
    ) {
        removeAgent(id)
        let slot = agents.insert(AgentRecord(id: id, total: total, facts: facts, masterRegion: options.region))
        agentSlots[id] = slot
        for client in constrainedClients { judge(slot, by: client) }
        self.total.add(total)
        areSharesStale = true
        // In a fixed order, so that the same calls always lead to the same state.
        for (framework, resources) in allocated.sorted(by: { $0.key < $1.key }) {
            for role in resources.allocationRoles {
                let client = client(framework, role)
                claim(resources.filter(allocatedTo: role).unallocated(), for: client, on: slot)
            }
        }
        markDirty(slot)
    }

    /// Changes what an agent has; what is claimed stays claimed, even if the agent has it no longer.
    public mutating func updateAgent(_ id: AgentID, total: Resources) {
        guard let slot = agentSlots[id] else { return }
        self.total.remove(agents[slot].total)
        self.total.add(total)
        agents[slot].total = total
        areSharesStale = true
        markDirty(slot)
    }

    /// Removes an agent and every claim on it.
    public mutating func removeAgent(_ id: AgentID) {
        guard let slot = agentSlots.removeValue(forKey: id) else { return }
        for client in agents[slot].refusals.keys.sorted() { clearRefusals(of: client, on: slot) }
        for (client, resources) in agents[slot].claims.sorted(by: { $0.key < $1.key }) {
            _ = release(resources, of: client, on: slot)
            forgetIfGone(client)
        }
        total.remove(agents[slot].total)
        areSharesStale = true
        agents.remove(slot)
    }

    /// Lets an agent's resources be offered again.
    public mutating func activateAgent(_ id: AgentID) {
        guard let slot = agentSlots[id] else { return }
        agents[slot].isActive = true
        markDirty(slot)
    }

    /// Keeps an agent's resources from being offered; claims on it stay.
    public mutating func deactivateAgent(_ id: AgentID) {
        guard let slot = agentSlots[id] else { return }
        agents[slot].isActive = false
    }

    /// Takes back what a framework has no use for: an offer or a rest of it refused, a task that ended.
    ///
    /// Only what the framework has can be taken back, so nothing is ever there twice.
    ///
    /// - Parameters:
    ///   - resources: marked with the role they are allocated to.
    ///   - filter: how long the framework does not want to see them, or a part of them, again in that role.
    /// - Returns: what was taken back.
    @discardableResult
    public mutating func recover(
        _ framework: FrameworkID,
        _ agent: AgentID,
        _ resources: Resources,
        filter: RefuseFilter? = nil,
        at now: Timestamp
    ) -> Resources {
        guard let slot = agentSlots[agent] else { return .empty }
        var recovered = Resources.empty
        for role in resources.allocationRoles {
            guard let client = frameworks[framework]?.clients[role] else { continue }
            let released = release(resources.filter(allocatedTo: role).unallocated(), of: client, on: slot)
            recovered += released.allocated(to: role)
            if let filter { refuse(released, by: client, on: slot, filter: filter, at: now) }
            place(client)
            forgetIfGone(client)
        }
        markDirty(slot)
        return recovered
    }
}
