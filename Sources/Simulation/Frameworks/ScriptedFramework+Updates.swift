import Cluster
import MesosMessages

/// Updates, acknowledgements and reconciliation.
extension ScriptedFramework {
    mutating func take(_ status: Mesos_V1_TaskStatus, at now: Timestamp) {
        let id = TaskID(status.taskID.value)
        reconciliation.hear(of: id)
        if stored.tasks[id] != nil {
            stored.tasks[id]?.state = status.state
            if status.state.isOver { stored.tasks[id] = nil }
        } else if !status.state.isOver, status.state != .taskUnknown, status.state != .taskLost {
            // Of what it had given up for lost, it hears again.
            stored.tasks[id] = ScriptedTask(id: id, agent: AgentID(status.agentID.value), state: status.state)
        }
        if status.hasUuid { acknowledge(status, at: now) }
    }

    private mutating func acknowledge(_ status: Mesos_V1_TaskStatus, at now: Timestamp) {
        guard let framework = stored.id else { return }
        var call = Mesos_V1_Scheduler_Call()
        call.type = .acknowledge
        call.frameworkID.value = framework.value
        call.acknowledge.agentID = status.agentID
        call.acknowledge.taskID = status.taskID
        call.acknowledge.uuid = status.uuid
        guard traits.character == .tardy, !isResting else { return effects.append(.post(call)) }
        // Forgotten altogether at times: the update comes again.
        guard !chance.happens(0.1) else { return }
        lateAcknowledgements.append((now + chance.time(mean: .seconds(8)), call))
    }

    mutating func acknowledgeLate(at now: Timestamp) {
        for late in lateAcknowledgements where late.due <= now { effects.append(.post(late.call)) }
        lateAcknowledgements.removeAll { $0.due <= now }
    }

    mutating func reconcileIfDue(at now: Timestamp) {
        guard let tasks = reconciliation.take(at: now) else { return }
        let known = tasks.compactMap { stored.tasks[$0] }
        guard !known.isEmpty || tasks.isEmpty else { return }
        post(.reconcile) { call in
            call.reconcile.tasks = known.map { task in
                var message = Mesos_V1_Scheduler_Call.Reconcile.Task()
                message.taskID.value = task.id.value
                message.agentID.value = task.agent.value
                return message
            }
        }
    }
}

/// What a framework does not know for sure, and when it asks again: after every subscription for each task until it was
/// heard of, with pauses that grow; and every few minutes for all there is (Mesos: reconciliation.md).
struct Reconciliation: Sendable {
    private var unheard: Set<TaskID> = []
    private var asksAt = Timestamp(nanoseconds: .max)
    private var asksForAllAt = Timestamp(nanoseconds: .max)
    private var pause = Duration.zero

    var due: Timestamp { min(asksAt, asksForAllAt) }

    mutating func begin(of tasks: some Sequence<TaskID>, at now: Timestamp) {
        unheard = Set(tasks)
        pause = .seconds(2)
        asksAt = unheard.isEmpty ? Timestamp(nanoseconds: .max) : now
        asksForAllAt = now + .seconds(30)
    }

    mutating func hear(of task: TaskID) {
        unheard.remove(task)
        if unheard.isEmpty { asksAt = Timestamp(nanoseconds: .max) }
    }

    /// The tasks to ask for now; none of them: all there are. Nothing: it is not yet time.
    mutating func take(at now: Timestamp) -> [TaskID]? {
        if asksForAllAt <= now {
            asksForAllAt = now + .seconds(300)
            return []
        }
        guard asksAt <= now else { return nil }
        asksAt = now + pause
        pause = min(pause * 2, .seconds(60))
        return unheard.sorted()
    }
}

extension Mesos_V1_TaskState {
    /// Whether a task in this state is over for its framework. TASK_LOST may come back, and is asked for like others.
    var isOver: Bool {
        switch self {
        case .taskFinished, .taskFailed, .taskKilled, .taskError, .taskDropped, .taskGone, .taskGoneByOperator: true
        default: false
        }
    }

    /// Whether the framework believes that the task runs or will run.
    var isBelievedAlive: Bool {
        switch self {
        case .taskStaging, .taskStarting, .taskRunning, .taskKilling: true
        default: false
        }
    }
}
