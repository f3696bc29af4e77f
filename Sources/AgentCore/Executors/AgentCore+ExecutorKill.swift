import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    /// A framework wants a task of a custom executor gone. How it ends is the executor's affair, if it has it.
    mutating func killCustom(_ task: TaskRecord, _ policy: Mesos_V1_KillPolicy?, _ turn: inout Turn) {
        guard let key = task.stored.executor else { return }
        guard task.stored.isDelivered else { return killUndelivered(task, of: key, &turn) }
        let kill = KillProgress(
            cause: .requested,
            began: turn.now,
            deadline: policy?.grace.map { turn.now + $0 } ?? KillProgress.whenTheExecutorLikes
        )
        tasks[task.key]?.stored.kill = kill
        persist(task.key, &turn)
        guard let stream = executors[key]?.session.stream else { return }
        turn.sendKill(task.key, kill, to: stream)
    }

    /// A task that waits for its executor takes its whole group along.
    private mutating func killUndelivered(_ task: TaskRecord, of key: ExecutorKey, _ turn: inout Turn) {
        for other in executors[key]?.tasks.compactMap({ tasks[$0] }) ?? [] where other.phase == .waiting {
            let isMeant = other.key == task.key
            guard isMeant || (task.stored.delivery == .grouped && other.stored.group == task.stored.group) else { continue }
            var report = StatusReport.killed(
                isMeant ? .requested : .group,
                words: "the task was killed before its executor got it",
                during: true
            )
            report.source = .agent
            conclude(other.key, report, &turn)
        }
        adjustLimits(of: key, &turn)
        endIfNeverUsed(key, &turn)
    }

    /// An executor that never got a task, and for which none is left, has nothing to live for.
    private mutating func endIfNeverUsed(_ key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], !executor.session.wasSentTask,
            executor.tasks.allSatisfy({ tasks[$0]?.phase == .ended })
        else { return }
        turn.log(.info, "ending an executor whose tasks were all killed before it got them", ["executor": "\(key.executor)"])
        if executor.session.hasSubscribed { askToEnd(key, &turn) } else { endByForce(key, &turn) }
    }
}

extension KillProgress {
    /// The deadline of a kill whose grace the executor decides.
    static let whenTheExecutorLikes = Timestamp(nanoseconds: .max)
}

extension Turn {
    mutating func sendKill(_ key: TaskKey, _ kill: KillProgress, to stream: StreamID) {
        send(.kill, to: stream) { event in
            event.kill.taskID.value = key.task.value
            guard kill.deadline != KillProgress.whenTheExecutorLikes else { return }
            event.kill.killPolicy.gracePeriod.nanoseconds = (kill.deadline - kill.began).clampedNanoseconds
        }
    }
}
