package import Allocation
package import Cluster

/// What the allocator believes, for those who check that it agrees with the state.
extension MasterCore {
    /// What of an agent nobody holds and nobody is offered.
    package func free(on agent: AgentID) -> Resources { allocator.available(on: agent) }

    /// What a framework holds or is offered of an agent.
    package func claims(of framework: FrameworkID, on agent: AgentID) -> Resources { allocator.claims(of: framework, on: agent) }

    /// What would be offered if every agent were looked at anew: nothing, once all that was due is done.
    package func overlooked(at now: Timestamp) -> [Grant] {
        allocationDue == nil ? allocator.overlooked(at: now) : []
    }
}
