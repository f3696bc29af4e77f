import Cluster
import FoundationEssentials
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    /// An update that an executor made: stored, then acknowledged to the executor, and sent until its framework has it.
    ///
    /// As in Mesos, an update that has no meaning (of an unknown task, of one that has ended) is acknowledged and dropped,
    /// so that the executor does not send it for ever.
    /// - Throws: 503 while too many updates of the task wait for the framework.
    mutating func take(_ status: Mesos_V1_TaskStatus, from key: ExecutorKey, _ turn: inout Turn) throws(Refusal) {
        let taskKey = TaskKey(framework: key.framework, task: TaskID(status.taskID.value))
        guard let task = tasks[taskKey], task.stored.executor == key else {
            return drop(status, from: key, because: "no such task of this executor is left here", &turn)
        }
        guard !task.stored.updates.contains(where: { $0.status.uuid == status.uuid }) else {
            return acknowledge(status, to: key, &turn)
        }
        guard task.phase != .ended else { return drop(status, from: key, because: "the task has ended", &turn) }
        let isEnd = status.state.isTerminal
        guard task.stored.isDelivered || isEnd else {
            return drop(status, from: key, because: "the task was not given to the executor", &turn)
        }
        guard isEnd || task.stored.updates.count - task.stored.acknowledged < ExecutorOptions.pendingUpdates else {
            throw Refusal(503, "update: \(ExecutorOptions.pendingUpdates) updates of this task wait for its framework; try again later")
        }
        executorCounters.validUpdates += 1
        append(complete(status, of: task, turn.now), to: taskKey, &turn)
        acknowledge(status, to: key, &turn)
        guard isEnd else { return }
        tasks[taskKey]?.phase = .ended
        adjustLimits(of: key, &turn)
    }

    private mutating func drop(
        _ status: Mesos_V1_TaskStatus,
        from key: ExecutorKey,
        because reason: String,
        _ turn: inout Turn
    ) {
        executorCounters.invalidUpdates += 1
        turn.log(.warning, "dropped an executor's update", ["task": status.taskID.value, "reason": reason])
        acknowledge(status, to: key, &turn)
    }

    /// The agent has it: the executor may forget it.
    private func acknowledge(_ status: Mesos_V1_TaskStatus, to key: ExecutorKey, _ turn: inout Turn) {
        guard let stream = executors[key]?.session.stream else { return }
        turn.send(.acknowledged, to: stream) { event in
            event.acknowledged.taskID = status.taskID
            event.acknowledged.uuid = status.uuid
        }
    }

    /// With what the agent knows better than the executor.
    private func complete(_ status: Mesos_V1_TaskStatus, of task: TaskRecord, _ now: Timestamp) -> Agora_V1_StatusUpdate {
        var status = status
        if let id { status.agentID.value = id.value }
        if let executor = task.stored.executor { status.executorID.value = executor.executor.value }
        if !status.hasTimestamp || !status.timestamp.isFinite || status.timestamp < 0 { status.timestamp = now.seconds }
        if !status.hasContainerStatus { status.containerStatus = containerStatus(of: task) }
        var update = Agora_V1_StatusUpdate()
        update.frameworkID.value = task.key.framework.value
        update.executorID = status.executorID
        update.status = status
        return update
    }

    private func containerStatus(of task: TaskRecord) -> Mesos_V1_ContainerStatus {
        guard let key = task.stored.executor, let executor = executors[key] else { return Mesos_V1_ContainerStatus() }
        return hostStatus(executor.stored.container, pid: executor.pid)
    }
}
