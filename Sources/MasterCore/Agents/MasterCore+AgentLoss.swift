import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// An agent's stream broke: nothing of it is offered until it is back, and it has its timeout to come back.
    mutating func agentStreamClosed(_ stream: StreamID) {
        guard let id = agentStreams.removeValue(forKey: stream) else { return }
        deadlines.remove(.agentHeartbeat(stream))
        state.agents[id]?.connection = .disconnected(since: now)
        rescindOffers(of: id)
        deactivateInAllocator(agent: id)
        deadlines.set(.agentLost(id), at: now + configuration.agentTimeout)
        log(.warning, "agent disconnected", ["agent": id.value])
    }

    /// An agent stayed away too long. It may come back with its tasks still running.
    mutating func markUnreachable(_ id: AgentID) {
        guard state.agents[id] != nil else { return }
        state.counters.agentsUnreachable += 1
        state.unreachableAgents.set(id, to: UnreachableAgent(since: now))
        log(.warning, "agent is unreachable", ["agent": id.value])
        remove(id, tasksBecome: .taskUnreachable)
    }

    /// Forgets an agent; each task there gets this state, or TASK_LOST for frameworks that do not know it.
    mutating func remove(_ id: AgentID, tasksBecome end: Mesos_V1_TaskState) {
        rescindOffers(of: id)
        guard let agent = state.agents[id] else { return }
        deadlines.remove(.agentLost(id))
        for key in agent.tasks.sorted() { lose(key, on: id, as: end) }
        state.agents[id] = nil
        state.counters.agentRemovals += 1
        removeFromAllocator(agent: id)
        for framework in state.frameworks.values.sorted(by: { $0.id < $1.id }) {
            if let stream = framework.stream { emit(.sendToScheduler(stream, .agentLost(id))) }
        }
    }

    private mutating func lose(_ key: TaskKey, on agent: AgentID, as end: Mesos_V1_TaskState) {
        guard let framework = state.frameworks[key.framework], let task = framework.tasks[key.task] else { return }
        guard task.isActive else { return complete(key) }
        var status = status(
            of: key.task,
            agent: agent,
            framework.lost(as: end),
            .agentRemoved,
            "the task's agent is gone",
            executor: task.executor
        )
        if end == .taskUnreachable { status.unreachableTime.nanoseconds = now.nanoseconds }
        conclude(key, status)
        tell(key.framework, status)
        if end == .taskUnreachable, let lost = state.frameworks[key.framework]?.tasks.removeValue(forKey: key.task) {
            state.frameworks[key.framework]?.unreachable.set(key.task, to: lost)
        } else {
            complete(key)
        }
    }
}
