import Cluster

extension MasterCore {
    /// Sees to it that what is too old is forgotten, as long as there is something that gets old.
    mutating func cleanUpLater() {
        guard deadlines.moment(of: .registryCleanUp) == nil else { return }
        guard state.unreachableAgents.count + state.goneAgents.count + overdue.count > 0 else { return }
        deadlines.set(.registryCleanUp, at: now + configuration.registryCleanUpInterval)
    }

    /// Forgets agents that are unreachable or gone for longer than they are remembered.
    mutating func cleanUpRegistry() {
        for change in overdue { emit(.persist(change)) }
        overdue = []
        let horizon = now + (.zero - configuration.registryAgentAge)
        while let oldest = state.unreachableAgents.first, oldest.element.since < horizon {
            state.unreachableAgents.remove(oldest.key)
            forgetAgent(oldest.key)
        }
        while let oldest = state.goneAgents.first, oldest.element.since < horizon {
            state.goneAgents.remove(oldest.key)
            forgetAgent(oldest.key)
        }
        cleanUpLater()
    }
}
