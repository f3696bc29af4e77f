public import Cluster
public import MesosMessages

/// One change to what the agent keeps on disk.
public enum StorageChange: Sendable {
    /// The id that the master gave this agent.
    case putAgentID(AgentID)
    /// How often the agent was started.
    case putLife(UInt64)
    /// How the agent describes itself from now on.
    case putDescription(AgentDescription)
    case putFramework(FrameworkID, Mesos_V1_FrameworkInfo)
    case deleteFramework(FrameworkID)
    case putExecutor(StoredExecutor)
    case deleteExecutor(ExecutorKey)
    /// Adds or replaces the task itself; its updates come apart.
    case putTask(StoredTask)
    /// Deletes the task with its updates.
    case deleteTask(TaskKey)
    /// Adds an update to a task's stream; `number` counts up from 0.
    case putUpdate(TaskKey, number: Int, Agora_V1_StatusUpdate)
    /// Deletes the updates of a task with smaller numbers; all of them are acknowledged.
    case dropUpdates(TaskKey, below: Int)
    /// The update with that number needs not be sent again.
    case acknowledge(TaskKey, number: Int)
    /// Adds how a task ended.
    case putEndedTask(EndedTask)
    /// Deletes what is kept of ended tasks but for the newest, and for those that ended later than that.
    case trimEndedTasks(count: Int, since: Timestamp)
}

/// An executor as it is kept on disk.
public struct StoredExecutor: Sendable, Hashable {
    /// Its ids.
    public var key: ExecutorKey
    /// Which executor it is.
    public var kind: ExecutorKind
    /// As the master sent it.
    public var info: Mesos_V1_ExecutorInfo
    /// Its container.
    public var container: ContainerID
    /// The folder of its sandbox, absolute.
    public var sandbox: String

    /// Describes it.
    public init(
        key: ExecutorKey,
        kind: ExecutorKind,
        info: Mesos_V1_ExecutorInfo,
        container: ContainerID,
        sandbox: String
    ) {
        self.key = key
        self.kind = kind
        self.info = info
        self.container = container
        self.sandbox = sandbox
    }
}

/// What runs a task: one of the built-in executors, or a program of the framework's.
public enum ExecutorKind: String, Sendable, Hashable {
    /// One task, one container.
    case command
    /// Groups of tasks: a container that holds them, and one within it for each task.
    case `default`
    /// One task or many, all in the container of a program that is told of them over the executor API.
    case custom
}

/// A task as it is kept on disk.
public struct StoredTask: Sendable, Hashable {
    /// Its ids.
    public var key: TaskKey
    /// As the master sent it.
    public var info: Mesos_V1_TaskInfo
    /// Nothing for a task that was refused.
    public var executor: ExecutorKey?
    /// Its container.
    public var container: ContainerID?
    /// Tasks of one executor with the same number were launched together.
    public var group: Int
    /// The kill that has begun, if one has.
    public var kill: KillProgress?
    /// When it has run too long, if it may.
    public var completionDeadline: Timestamp?
    /// How a custom executor gets it; nothing for the tasks of built-in ones.
    public var delivery: Delivery?
    /// Whether it was sent to its custom executor.
    public var isDelivered = false
    /// The updates so far, oldest first; when there are many, only the newest.
    public var updates: [Agora_V1_StatusUpdate] = []
    /// How many of `updates` need not be sent again.
    public var acknowledged = 0
    /// How many acknowledged ones there were before them: the number of the first.
    public var dropped = 0

    /// How tasks come to a custom executor.
    public enum Delivery: String, Sendable, Hashable {
        /// By LAUNCH.
        case alone
        /// By LAUNCH_GROUP, with the others of its group.
        case grouped
    }

    /// Describes it.
    public init(key: TaskKey, info: Mesos_V1_TaskInfo, executor: ExecutorKey?, container: ContainerID?, group: Int) {
        self.key = key
        self.info = info
        self.executor = executor
        self.container = container
        self.group = group
    }
}

/// A kill that has begun.
public struct KillProgress: Sendable, Hashable {
    /// Why the task is killed; decides its last state.
    public enum Cause: String, Sendable, Hashable {
        /// The framework asked for it: TASK_KILLED.
        case requested
        /// Another task of its group failed or was killed: TASK_KILLED.
        case group
        /// Its health check failed too often: TASK_KILLED, and not healthy.
        case unhealthy
        /// It ran longer than its max_completion_time: TASK_FAILED.
        case completionTime
    }

    /// Why it is killed.
    public var cause: Cause
    /// When SIGTERM was sent.
    public var began: Timestamp
    /// When SIGTERM is followed by force.
    public var deadline: Timestamp

    /// Describes it.
    public init(cause: Cause, began: Timestamp, deadline: Timestamp) {
        self.cause = cause
        self.began = began
        self.deadline = deadline
    }
}

/// How an agent described itself, and since when the machine was up then.
public struct AgentDescription: Sendable, Hashable {
    /// Without an id.
    public var info: Mesos_V1_AgentInfo
    /// A name for the time since the machine was last started.
    public var boot: String

    /// Describes it.
    public init(info: Mesos_V1_AgentInfo, boot: String) {
        self.info = info
        self.boot = boot
    }
}

/// All that a restarted agent found on its disk.
public struct StoredAgent: Sendable {
    /// The id that the master gave; nothing before the first subscription.
    public var id: AgentID?
    /// How often the agent was started before.
    public var life: UInt64 = 0
    /// How the former process described itself; nothing: there was none.
    public var description: AgentDescription?
    /// Those of the tasks and executors.
    public var frameworks: [FrameworkID: Mesos_V1_FrameworkInfo] = [:]
    /// In the order of their launch.
    public var executors: [StoredExecutor] = []
    /// In the order of their launch.
    public var tasks: [StoredTask] = []

    /// Describes it.
    public init() {}
}
