import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// Why the master takes an agent out of the cluster, and what that means for its tasks.
enum AgentLoss: Sendable {
    /// It stayed away too long; it may come back.
    case unreachable
    /// It ended in an orderly way.
    case left
    /// An operator gave it up.
    case gone
    /// An operator took its machine down.
    case maintenance

    /// What its tasks become for frameworks that know the word.
    var state: Mesos_V1_TaskState {
        switch self {
        case .unreachable: .taskUnreachable
        case .left, .maintenance: .taskGone
        case .gone: .taskGoneByOperator
        }
    }

    var reason: Mesos_V1_TaskStatus.Reason {
        self == .gone ? .agentRemovedByOperator : .agentRemoved
    }

    var message: String {
        switch self {
        case .unreachable: "the task's agent is unreachable"
        case .left: "the task's agent left the cluster"
        case .maintenance: "the machine of the task's agent is down for maintenance"
        case .gone: "an operator said that the task's agent is gone"
        }
    }
}

extension MasterCore {
    /// An agent's stream broke: nothing of it is offered until it is back, and it has its timeout to come back. All of
    /// its tasks go on: an agent stores what it runs, whether their frameworks ask for checkpointing or not.
    mutating func agentStreamClosed(_ stream: StreamID) {
        guard let id = agentStreams.removeValue(forKey: stream) else { return }
        deadlines.remove(.agentHeartbeat(stream))
        state.agents[id]?.connection = .disconnected(since: now)
        if let address = state.agents[id]?.address { awayAgents[address] = id }
        rescindOffers(of: id)
        deactivateInAllocator(agent: id)
        deadlines.set(.agentLost(id), at: now + configuration.agentTimeout)
        showAgent(id)
        log(.warning, "agent disconnected", ["agent": id.value])
    }

    /// An agent stayed away too long. It may come back with its tasks still running.
    mutating func markUnreachable(_ id: AgentID) {
        guard let agent = state.agents[id] else { return }
        log(.warning, "agent is unreachable", ["agent": id.value])
        keepUnreachable(id, tasks: agent.tasks.sorted())
        remove(id, because: .unreachable)
        if state.runningDrain(of: id) != nil { drainChecks.insert(id) }
    }

    /// Takes an agent out; each task there gets the state that this means, or TASK_LOST for frameworks that do not know it.
    mutating func remove(_ id: AgentID, because loss: AgentLoss) {
        rescindOffers(of: id)
        withdrawInverseOffers(of: id)
        guard let agent = state.agents[id] else { return }
        deadlines.remove(.agentLost(id))
        if awayAgents[agent.address] == id { awayAgents[agent.address] = nil }
        let tasks = agent.tasks.sorted()
        let delayed = loss == .unreachable ? lossesToDelay(tasks) : []
        for key in tasks { lose(key, on: id, because: loss, isDelayed: !delayed.isEmpty) }
        if !delayed.isEmpty { delayLosses(of: id, delayed) }
        state.agents[id] = nil
        state.counters.agentRemovals += 1
        removeFromAllocator(agent: id)
        tellOperators(.agentRemoved(id))
        tellAgentLost(id, to: { delayed.isEmpty || $0.capabilities.contains(.partitionAware) })
    }

    /// Those of the tasks whose frameworks are told later that they are lost: none, or all of old frameworks.
    private mutating func lossesToDelay(_ tasks: [TaskKey]) -> [TaskKey] {
        guard configuration.agentRemovalRateLimit != nil else { return [] }
        let old = tasks.filter { key in
            guard let framework = state.frameworks[key.framework] else { return false }
            return !framework.capabilities.contains(.partitionAware) && framework.tasks[key.task]?.isActive == true
        }
        return old.isEmpty || takeLossPermit() ? [] : old
    }

    private mutating func lose(_ key: TaskKey, on agent: AgentID, because loss: AgentLoss, isDelayed: Bool) {
        guard let framework = state.frameworks[key.framework], let task = framework.tasks[key.task] else { return }
        guard task.isActive else { return complete(key) }
        let isTold = !isDelayed || framework.capabilities.contains(.partitionAware)
        let end = isTold ? framework.lost(as: loss.state) : loss.state
        var status = status(of: key.task, agent: agent, end, loss.reason, loss.message, executor: task.executor)
        if loss == .unreachable { status.unreachableTime.nanoseconds = now.nanoseconds }
        conclude(key, status)
        if isTold { tell(key.framework, status) }
        if loss == .gone, !end.isTerminal { state.counters.endedTasks[end, default: 0] += 1 }
        if loss == .unreachable, let lost = state.frameworks[key.framework]?.tasks.removeValue(forKey: key.task) {
            state.frameworks[key.framework]?.unreachable.set(key.task, to: lost)
        } else {
            complete(key)
        }
    }

    /// Tells frameworks that an agent is gone.
    mutating func tellAgentLost(_ id: AgentID, to isTold: (FrameworkEntry) -> Bool = { _ in true }) {
        for framework in state.frameworks.values.sorted(by: { $0.id < $1.id }) where isTold(framework) {
            if let stream = framework.stream { emit(.sendToScheduler(stream, .agentLost(id))) }
        }
    }
}
