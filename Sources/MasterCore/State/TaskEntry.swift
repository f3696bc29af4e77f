package import Cluster
package import Foundation
import MesosAPI
package import MesosMessages

/// A task within the whole cluster.
package struct TaskKey: Hashable, Comparable, Sendable {
    package let framework: FrameworkID
    package let task: TaskID

    package static func < (left: TaskKey, right: TaskKey) -> Bool {
        (left.framework, left.task) < (right.framework, right.task)
    }
}

/// What the master knows of one task.
package struct TaskEntry: Sendable {
    /// What was launched, as the reads show it; its state and statuses stand below.
    package let description: Mesos_V1_Task
    package let agent: AgentID
    package let executor: ExecutorID?
    package let resources: Resources

    /// The number of the launch that the task went to its agent with, the same for all of its group.
    let launch: UInt64?

    /// The newest state that is known, acknowledged or not.
    package private(set) var state: Mesos_V1_TaskState

    /// The state and uuid of the update that was sent to the scheduler last.
    package private(set) var reported: (state: Mesos_V1_TaskState, uuid: Data)?

    /// One status for each state the task went through, oldest first.
    package private(set) var statuses: [Mesos_V1_TaskStatus] = []

    /// The policy of the scheduler's last KILL, if there was one. The agent gets it again whenever it comes back with the
    /// task: a broken stream may have lost it.
    var kill: Mesos_V1_KillPolicy??

    /// True while the task holds its resources.
    package var isActive: Bool { !state.isTerminal }

    /// A task that is being launched.
    package init(
        launching task: Mesos_V1_TaskInfo,
        framework: FrameworkID,
        agent: AgentID,
        executor: ExecutorID?,
        resources: Resources,
        launch: UInt64? = nil
    ) {
        description = Mesos_V1_Task(launching: task, framework: framework, executor: executor)
        self.agent = agent
        self.executor = executor
        self.resources = resources
        self.launch = launch
        state = .taskStaging
    }

    /// A task that an agent reports.
    package init(reported task: Mesos_V1_Task, agent: AgentID, resources: Resources) {
        var description = task
        description.statuses = []
        description.clearStatusUpdateState()
        description.clearStatusUpdateUuid()
        description.agentID = agent.message
        self.description = description
        self.agent = agent
        executor = task.hasExecutorID ? ExecutorID(task.executorID) : nil
        self.resources = resources
        launch = nil
        state = task.state
        statuses = task.statuses
        reported = task.hasStatusUpdateState ? (task.statusUpdateState, task.statusUpdateUuid) : nil
    }

    /// Takes in a status that was sent to the scheduler; the newest state may be ahead of it. A state that has ended
    /// stays as it is: updates may come twice.
    package mutating func record(_ status: Mesos_V1_TaskStatus, newest: Mesos_V1_TaskState, limit: Int) {
        if !state.isTerminal { state = newest }
        reported = (status.state, status.uuid)
        var shown = status
        shown.clearData()
        if statuses.last?.state == status.state { statuses.removeLast() }
        if statuses.count >= max(limit, 1) { statuses.removeFirst() }
        statuses.append(shown)
    }

    /// Gives the task the state the master itself concluded.
    package mutating func conclude(_ status: Mesos_V1_TaskStatus, limit: Int) {
        state = status.state
        record(status, newest: status.state, limit: limit)
        reported = nil
    }

    /// Puts the task back to what its agent says of it: the newest state, and the update that its scheduler hears next
    /// unless it has acknowledged it. What comes after that one is not the scheduler's to know yet.
    package mutating func restore(_ reported: TaskEntry) {
        state = reported.state
        if let update = reported.reported { self.reported = update }
    }

    /// The task as the operator API shows it.
    package var message: Mesos_V1_Task {
        var task = description
        task.state = state
        task.statuses = statuses
        if let reported {
            task.statusUpdateState = reported.state
            task.statusUpdateUuid = reported.uuid
        }
        return task
    }
}

extension Mesos_V1_Task {
    fileprivate init(launching info: Mesos_V1_TaskInfo, framework: FrameworkID, executor: ExecutorID?) {
        self.init()
        name = info.name
        taskID = info.taskID
        frameworkID = framework.message
        agentID = info.agentID
        state = .taskStaging
        resources = info.resources
        if let executor { executorID = executor.message }
        if info.hasLabels { labels = info.labels }
        if info.hasDiscovery { discovery = info.discovery }
        if info.hasContainer { container = info.container.withoutSecrets }
        if info.hasHealthCheck { healthCheck = info.healthCheck }
        if info.hasKillPolicy { killPolicy = info.killPolicy }
        if info.hasCommand, info.command.hasUser { user = info.command.user }
        if !info.limits.isEmpty { limits = info.limits }
    }
}

extension Mesos_V1_TaskState {
    /// True for the last state that a scheduler hears of: the terminal ones, and the one that tasks end in which are killed since their
    /// agent is to be gone.
    var isOver: Bool { isTerminal || self == .taskGoneByOperator }

    /// True for the states that a task never leaves and in which it holds nothing (mesos.proto, `TaskState`).
    package var isTerminal: Bool {
        switch self {
        case .taskFinished, .taskFailed, .taskKilled, .taskError, .taskLost, .taskDropped, .taskGone: true
        case .taskStaging, .taskStarting, .taskRunning, .taskKilling: false
        case .taskUnreachable, .taskGoneByOperator, .taskUnknown: false
        }
    }
}
