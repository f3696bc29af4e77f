import AgentCore
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// The agent's state as it is shown: lists in a fixed order.
struct AgentView: Sendable {
    let core: AgentCore
    let facts: AgentFacts

    /// Where the state comes from; refuses while the agent is starting or ending.
    typealias Source = @Sendable () async throws(Refusal) -> AgentView

    /// Tasks by what the operator API calls their stage.
    func tasks(_ isIncluded: (TaskRecord.Phase) -> Bool) -> [Mesos_V1_Task] {
        core.tasks.values.filter { isIncluded($0.phase) }.sorted { $0.key < $1.key }.map(\.message)
    }

    var queuedTasks: [Mesos_V1_Task] { tasks { $0 == .waiting } }

    var launchedTasks: [Mesos_V1_Task] {
        tasks { phase in
            switch phase {
            case .launching, .running: true
            case .waiting, .ended: false
            }
        }
    }

    var terminatedTasks: [Mesos_V1_Task] { tasks { $0 == .ended } }
    var completedTasks: [Mesos_V1_Task] { core.history.tasks.map(\.task) }

    var executors: [ExecutorRecord] { core.executors.values.sorted { $0.key < $1.key } }
    var frameworks: [Mesos_V1_FrameworkInfo] { core.frameworks.sorted { $0.key < $1.key }.map(\.value.info) }

    /// Tasks of one executor that are not acknowledged to their end.
    func tasks(of executor: ExecutorRecord) -> [TaskRecord] {
        executor.tasks.compactMap { core.tasks[$0] }
    }
}
