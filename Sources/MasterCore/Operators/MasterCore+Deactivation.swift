import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// DEACTIVATE_AGENT and REACTIVATE_AGENT: an agent that is offered no more, and one that is again.
extension MasterCore {
    mutating func deactivate(_ id: AgentID) throws(Refusal) {
        try checkKnown(id, "deactivate_agent.agent_id")
        guard state.services[id] == nil else { return }
        put(AgentService(), of: id)
        log(.info, "agent deactivated by an operator", ["agent": id.value])
    }

    mutating func reactivate(_ id: AgentID) throws(Refusal) {
        try checkKnown(id, "reactivate_agent.agent_id")
        guard state.services[id] != nil else { return }
        guard state.runningDrain(of: id) == nil else {
            throw Refusal(409, "reactivate_agent.agent_id: agent '\(id)' is DRAINING, which cannot be cancelled; wait until it is DRAINED")
        }
        state.services[id] = nil
        emit(.persist(.setService(id, nil)))
        if state.agents[id]?.stream != nil { activateInAllocator(agent: id) }
        showAgent(id)
        log(.info, "agent reactivated by an operator", ["agent": id.value])
    }

    /// Throws unless the agent belongs to the cluster, whether it is there or not.
    func checkKnown(_ id: AgentID, _ field: String) throws(Refusal) {
        let isKnown = state.agents[id] != nil || state.recoveredAgents[id] != nil || state.unreachableAgents[id] != nil
        guard !isKnown else { return }
        throw .invalid("\(field): no agent '\(id.value.shortened)' is known here; GET_AGENTS lists those that are")
    }

    /// Keeps an agent from being offered, and writes down why.
    mutating func put(_ service: AgentService, of id: AgentID) {
        state.services[id] = service
        emit(.persist(.setService(id, service)))
        rescindOffers(of: id)
        deactivateInAllocator(agent: id)
        showAgent(id)
    }
}
