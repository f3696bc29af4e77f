import Cluster
import HashTreeCollections
import MesosAPI
public import MesosMessages
import SwiftProtobuf

/// What a status update says.
struct StatusReport {
    var state: Mesos_V1_TaskState
    var source = Mesos_V1_TaskStatus.Source.executor
    var reason: Mesos_V1_TaskStatus.Reason?
    var message: String?
    var limitation: Mesos_V1_TaskResourceLimitation?
    var healthy: Bool?
}

extension AgentCore {
    /// Adds an update to a task's stream: stored first, sent when it is the oldest that is not acknowledged.
    ///
    /// - Parameter exit: how the task's container ended, if that is what is reported.
    mutating func report(_ key: TaskKey, _ report: StatusReport, exit: ContainerExit? = nil, _ turn: inout Turn) {
        guard let task = tasks[key] else { return }
        append(update(of: task, report, turn.now), to: key, exit: exit, &turn)
    }

    /// Adds an update as it is.
    mutating func append(_ update: Agora_V1_StatusUpdate, to key: TaskKey, exit: ContainerExit? = nil, _ turn: inout Turn) {
        guard var task = tasks[key] else { return }
        let number = task.stored.dropped + task.stored.updates.count
        let isFirst = task.stored.acknowledged == task.stored.updates.count
        task.stored.updates.append(update)
        let isNewState = task.stored.updates.dropLast().last?.status.state != update.status.state
        turn.effects.append(.persist(.putUpdate(key, number: number, update)))
        if update.status.state.isTerminal { keepEnd(of: task, update.status, exit, &turn) }
        if isNewState { transitions[update.status.state, default: 0] += 1 }
        if !isFirst && update.status.state.isTerminal {
            // The master frees what a task held as soon as it hears of its end, which travels with an older update.
            let soon = turn.now + .seconds(1)
            task.resendAt = min(task.resendAt ?? soon, soon)
            timers.set(.resend(key), at: soon)
        }
        tasks[key] = task
        if isFirst { sendFirst(key, &turn) }
    }

    /// The framework has seen an update: the next one of the stream may go.
    mutating func acknowledge(_ event: Agora_V1_AgentEvent.Acknowledge, _ turn: inout Turn) {
        guard let key = TaskKey(event.frameworkID, event.taskID), var task = tasks[key],
            let first = task.firstPending, first.status.uuid == event.uuid
        else { return }
        turn.effects.append(.persist(.acknowledge(key, number: task.stored.dropped + task.stored.acknowledged)))
        task.stored.acknowledged += 1
        task.stored.dropOldUpdates(&turn)
        task.attempts = 0
        task.resendAt = nil
        tasks[key] = task
        if task.isOver { forget(task, &turn) } else { sendFirst(key, &turn) }
    }

    /// A new subscription: the master gets the oldest update of every stream at once.
    mutating func resendAll(_ turn: inout Turn) {
        for key in tasks.keys.sorted() {
            tasks[key]?.attempts = 0
            sendFirst(key, &turn)
        }
    }

    /// Sends the oldest unacknowledged update, if there is one and a master to hear it.
    private mutating func sendFirst(_ key: TaskKey, _ turn: inout Turn) {
        guard isSubscribed, var task = tasks[key], var update = task.firstPending else { return }
        update.latestState = task.state
        turn.updates.append(update)
        let wait = min(AgentLimits.updateRetryMinimum * (1 << min(task.attempts, 16)), AgentLimits.updateRetryMaximum)
        task.attempts += 1
        task.resendAt = turn.now + wait
        tasks[key] = task
        timers.set(.resend(key), at: turn.now + wait)
    }

    mutating func resendIfDue(_ key: TaskKey, _ turn: inout Turn) {
        guard let due = tasks[key]?.resendAt, due <= turn.now else { return }
        sendFirst(key, &turn)
    }

    private mutating func update(of task: TaskRecord, _ report: StatusReport, _ now: Timestamp) -> Agora_V1_StatusUpdate {
        var status = Mesos_V1_TaskStatus()
        status.taskID.value = task.key.task.value
        status.state = report.state
        status.source = report.source
        status.timestamp = now.seconds
        status.uuid = generator.nextUUID().data
        if let id { status.agentID.value = id.value }
        if let reason = report.reason { status.reason = reason }
        if let message = report.message { status.message = message }
        if let limitation = report.limitation { status.limitation = limitation }
        addChecks(of: task, to: &status)
        if let healthy = report.healthy { status.healthy = healthy }
        if let executor = task.stored.executor { status.executorID.value = executor.executor.value }
        if let container = task.stored.container { status.containerStatus = containerStatus(container, of: task, report.state) }
        var update = Agora_V1_StatusUpdate()
        update.frameworkID.value = task.key.framework.value
        if status.hasExecutorID { update.executorID = status.executorID }
        update.status = status
        return update
    }

    /// A task of a group shows its process and address while it runs only, one of its own to the end, as in Mesos.
    private func containerStatus(
        _ container: ContainerID,
        of task: TaskRecord,
        _ state: Mesos_V1_TaskState
    ) -> Mesos_V1_ContainerStatus {
        guard case .running(let pid) = task.phase, container.depth == 1 || !state.isTerminal else {
            return .with { $0.containerID = container.message }
        }
        return hostStatus(container, pid: pid)
    }

    /// A container with its addresses, and with the first of its processes if that is known.
    func hostStatus(_ container: ContainerID, pid: Int32) -> Mesos_V1_ContainerStatus {
        var status = Mesos_V1_ContainerStatus()
        status.containerID = container.message
        if pid > 0 { status.executorPid = UInt32(pid) }
        if let networks = networks[container] {
            status.networkInfos = networks
            return status
        }
        var address = Mesos_V1_NetworkInfo.IPAddress()
        address.ipAddress = configuration.address
        address.`protocol` = configuration.address.contains(":") ? .ipv6 : .ipv4
        var network = Mesos_V1_NetworkInfo()
        network.ipAddresses = [address]
        status.networkInfos = [network]
        return status
    }
}

extension StoredTask {
    /// Keeps the newest of many updates: a check may tell something new as long as its task runs.
    fileprivate mutating func dropOldUpdates(_ turn: inout Turn) {
        let count = min(acknowledged, updates.count - AgentLimits.keptUpdates)
        guard count > 0 else { return }
        updates.removeFirst(count)
        acknowledged -= count
        dropped += count
        turn.effects.append(.persist(.dropUpdates(key, below: dropped)))
    }
}

extension TaskKey {
    /// The key of a message; nothing when an id in it is not allowed.
    init?(_ framework: Mesos_V1_FrameworkID, _ task: Mesos_V1_TaskID) {
        guard let framework = try? FrameworkID(validating: framework.value), let task = try? TaskID(validating: task.value)
        else { return nil }
        self.init(framework: framework, task: task)
    }
}

extension Mesos_V1_TaskState {
    /// Whether a task in this state never runs again, as far as an agent says it.
    public var isTerminal: Bool {
        switch self {
        case .taskFinished, .taskFailed, .taskKilled, .taskError, .taskLost, .taskDropped, .taskGone: true
        default: false
        }
    }
}
