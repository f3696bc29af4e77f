import Cluster
import HashTreeCollections
import MesosMessages

/// Frameworks without PARTITION_AWARE take an unreachable agent's tasks for lost and start others. When a network
/// breaks, many agents become unreachable at once; `agentRemovalRateLimit` says how fast such frameworks are told. It
/// delays nothing else: the agents are unreachable at once, and PARTITION_AWARE frameworks hear of it at once.
extension MasterCore {
    /// Whether losses of one more agent may be told now; counts as told then.
    mutating func takeLossPermit() -> Bool {
        guard let limit = configuration.agentRemovalRateLimit else { return true }
        guard losses.isEmpty, losses.nextPermit <= now else { return false }
        losses.nextPermit = now + limit.interval
        return true
    }

    /// Keeps losses until their turn comes.
    mutating func delayLosses(of agent: AgentID, _ tasks: [TaskKey]) {
        state.counters.lossesDelayed += 1
        losses.add(agent, tasks)
        deadlines.set(.lossPermit, at: max(now, losses.nextPermit))
    }

    /// An agent came back, or is given up: what was not told yet needs not be told.
    mutating func cancelLosses(of agent: AgentID) {
        guard losses.remove(agent) else { return }
        state.counters.lossesCancelled += 1
        if losses.isEmpty { deadlines.remove(.lossPermit) }
    }

    /// The next agent's turn: its tasks are lost to frameworks that do not know better.
    mutating func tellNextLosses() {
        guard let (agent, tasks) = losses.popFirst() else { return }
        for key in tasks { tellLost(key, on: agent) }
        tellAgentLost(agent, to: { !$0.capabilities.contains(.partitionAware) })
        guard let limit = configuration.agentRemovalRateLimit else { return }
        losses.nextPermit = now + limit.interval
        if !losses.isEmpty { deadlines.set(.lossPermit, at: losses.nextPermit) }
    }

    private mutating func tellLost(_ key: TaskKey, on agent: AgentID) {
        guard let task = state.frameworks[key.framework]?.unreachable[key.task], task.agent == agent, task.isActive else { return }
        let message = AgentLoss.unreachable.message
        var status = status(of: key.task, agent: agent, .taskLost, .agentRemoved, message, executor: task.executor)
        if let since = state.unreachableAgents[agent]?.since { status.unreachableTime.nanoseconds = since.nanoseconds }
        state.counters.endedTasks[.taskLost, default: 0] += 1
        let limit = configuration.limits.statusesPerTask
        state.frameworks[key.framework]?.unreachable.update(key.task) { $0.conclude(status, limit: limit) }
        showStatus(status, of: key, state: status.state)
        tell(key.framework, status)
    }
}
