import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// An agent is given up for good: its tasks are over, and it is shut down if it is there or comes back. Once is as
    /// often.
    mutating func markGone(_ id: AgentID) throws(Refusal) {
        if state.goneAgents[id] != nil { return }
        if let agent = state.agents[id] {
            giveUp(agent)
        } else if endRecovery(of: id) != nil {
            keepGone(id)
            tellOperators(.agentRemoved(id))
            tellAgentLost(id)
        } else if let agent = state.unreachableAgents.remove(id) {
            giveUp(id, agent)
        } else {
            throw Refusal(
                404,
                "mark_agent_gone.agent_id: no agent '\(id.value.prefix(255))' is known here; GET_AGENTS lists those that are"
            )
        }
        log(.warning, "agent is marked as gone by an operator", ["agent": id.value])
    }

    /// One that belongs to the cluster, connected or not.
    private mutating func giveUp(_ agent: AgentEntry) {
        keepGone(agent.id)
        remove(agent.id, because: .gone)
        guard let stream = agent.stream else { return }
        agentStreams[stream] = nil
        deadlines.remove(.agentHeartbeat(stream))
        shutDown(agent.id, on: stream)
    }

    /// One that is unreachable: what it ran is over now.
    private mutating func giveUp(_ id: AgentID, _ agent: UnreachableAgent) {
        keepGone(id)
        cancelLosses(of: id)
        for key in agent.tasks {
            guard let framework = state.frameworks[key.framework], let task = framework.unreachable[key.task], task.agent == id else {
                continue
            }
            state.frameworks[key.framework]?.unreachable.remove(key.task)
            state.frameworks[key.framework]?.tasks[key.task] = task
            if task.isActive {
                let loss = AgentLoss.gone
                let end = framework.lost(as: loss.state)
                let status = status(of: key.task, agent: id, end, loss.reason, loss.message, executor: task.executor)
                conclude(key, status)
                if !end.isTerminal { state.counters.endedTasks[end, default: 0] += 1 }
                tell(key.framework, status)
            }
            complete(key)
        }
        tellAgentLost(id)
    }

    /// Tells an agent that was given up to end with all that runs on it.
    mutating func shutDown(_ id: AgentID, on stream: StreamID) {
        let text = "an operator marked agent \(id) as gone; remove its work directory to let this machine join as a new agent"
        emit(.sendToAgent(stream, .shutdown(text)))
        emit(.closeStream(stream))
    }
}
