import Cluster
import MesosMessages

/// What is over stays over: a framework that heard of a task's end hears of no other life of it. Words of loss are no end:
/// TASK_LOST, TASK_UNREACHABLE and TASK_UNKNOWN may be followed by anything (Mesos: task-state-reasons.md).
struct FinalityChecker: Sendable {
    private var ends: [TaskName: Mesos_V1_TaskState] = [:]

    mutating func delivered(_ name: TaskName, _ status: Mesos_V1_TaskStatus) -> [String] {
        guard let end = ends[name] else {
            if status.state.isOver { ends[name] = status.state }
            return []
        }
        // Of what is over and acknowledged, the master knows nothing any more, and says so when it is asked.
        let isLoss = status.reason == .reconciliation && (status.state.isOver || !status.state.isBelievedAlive)
        guard status.state != end, !isLoss else { return [] }
        return ["\(name) was \(end), and became \(Words.of(status))"]
    }
}
