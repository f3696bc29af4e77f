import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// An agent's call other than SUBSCRIBE. After a refusal the agent subscribes again.
    mutating func carryOut(_ call: Agora_V1_AgentCall, token: String?) throws(Refusal) {
        let id = AgentID(call.agentID)
        guard let agent = state.agents[id] else {
            throw .invalid("agent_id: no agent '\(id.value.prefix(255))' is registered here; send SUBSCRIBE with what runs on it")
        }
        guard case .connected(let stream) = agent.connection else {
            throw Refusal(403, "agent '\(id)' has no open stream here; send SUBSCRIBE with what runs on it")
        }
        try Self.check(token, against: stream.token)
        state.agents[id]?.lastHeard = now
        switch call.type {
        case .heartbeat: break
        case .updateStatus: for update in call.updateStatus.updates { self.update(update, by: id, stream: stream.id) }
        case .executorExited: executorExited(call.executorExited, on: id)
        case .unsubscribe: unsubscribe(id)
        case .message: message(call.message, by: id)
        case .subscribe, .unknown: throw .invalid("type: this call opens no stream here; send SUBSCRIBE as a request of its own")
        }
    }

    /// A status update: recorded, and passed on to the framework's stream if that is open. The agent keeps it and
    /// sends it again until the scheduler acknowledged it.
    private mutating func update(_ update: Agora_V1_StatusUpdate, by agent: AgentID, stream: StreamID) {
        let key = TaskKey(framework: FrameworkID(update.frameworkID), task: TaskID(update.status.taskID))
        guard let receiver = receiver(of: key, by: agent) else {
            return acknowledgeForNobody(key, update.status, to: stream)
        }
        state.counters.validStatusUpdates += 1
        var status = update.status
        if !status.hasAgentID { status.agentID = agent.message }
        let newest = update.hasLatestState ? update.latestState : status.state
        explain(&status, of: key, on: agent)
        if let stream = receiver.stream { emit(.sendToScheduler(stream, .update(status))) }
        guard let task = receiver.task else { return }
        record(status, newest: newest, of: task, key)
    }

    /// Where an update goes and what it is about; nil if nobody waits for it: its framework is gone, or it is about an
    /// older task of an id that is in use elsewhere by now. A function of its own, so that the caller holds no copy of
    /// the framework while it changes it.
    private func receiver(of key: TaskKey, by agent: AgentID) -> (stream: StreamID?, task: TaskEntry?)? {
        guard let framework = state.frameworks[key.framework] else { return nil }
        let task = framework.tasks[key.task]
        guard task == nil || task?.agent == agent else { return nil }
        return (framework.stream, task)
    }

    private mutating func record(_ status: Mesos_V1_TaskStatus, newest: Mesos_V1_TaskState, of task: TaskEntry, _ key: TaskKey) {
        state.frameworks[key.framework]?.tasks[key.task]?.record(status, newest: newest, limit: configuration.limits.statusesPerTask)
        if status.state.isOver, task.statuses.last?.state != status.state { state.counters.taskEnds[TaskEnd(status), default: 0] += 1 }
        showStatus(status, of: key, state: task.isActive ? newest : task.state)
        if task.isActive, newest.isTerminal { ended(key, task, as: newest) }
        if status.state.isOver, !status.hasUuid { complete(key) }
    }

    /// Nobody waits for this update: the agent may forget it.
    private mutating func acknowledgeForNobody(_ key: TaskKey, _ status: Mesos_V1_TaskStatus, to stream: StreamID) {
        state.counters.invalidStatusUpdates += 1
        guard status.hasUuid else { return }
        emit(.sendToAgent(stream, .acknowledge(key.framework, key.task, uuid: status.uuid)))
    }

    private mutating func executorExited(_ exit: Agora_V1_AgentCall.ExecutorExited, on agent: AgentID) {
        let key = ExecutorKey(framework: FrameworkID(exit.frameworkID), executor: ExecutorID(exit.executorID))
        guard let executor = state.agents[agent]?.executors.removeValue(forKey: key) else { return }
        state.counters.exitedExecutors += 1
        release(executor.resources, of: key.framework, on: agent)
        guard let stream = state.frameworks[key.framework]?.stream else { return }
        emit(.sendToScheduler(stream, .executorLost(agent, key.executor, status: exit.status)))
    }

    /// An orderly leave: what the agent still had is gone with it.
    private mutating func unsubscribe(_ id: AgentID) {
        guard let stream = state.agents[id]?.stream else { return }
        log(.info, "agent left", ["agent": id.value])
        agentStreams[stream] = nil
        deadlines.remove(.agentHeartbeat(stream))
        forgetAgent(id)
        remove(id, because: .left)
        emit(.closeStream(stream))
    }
}
