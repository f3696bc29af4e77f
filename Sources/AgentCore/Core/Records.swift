import Cluster
public import MesosMessages

/// A framework that has something on this agent.
public struct FrameworkRecord: Sendable {
    /// As the master sent it last.
    public internal(set) var info: Mesos_V1_FrameworkInfo

    func has(_ capability: Mesos_V1_FrameworkInfo.Capability.TypeEnum) -> Bool {
        info.capabilities.contains { $0.type == capability }
    }
}

/// An executor: the container that one task runs in, or that holds those of groups.
public struct ExecutorRecord: Sendable {
    /// What its container does.
    public enum Phase: Sendable, Hashable {
        case launching
        case running(pid: Int32)
        /// Its container is being destroyed, because its last task ended or its framework left.
        case ending
    }

    /// What is kept on disk of it.
    public let stored: StoredExecutor
    /// What its container does.
    public internal(set) var phase: Phase
    /// Its tasks in the order of their launch, until they are forgotten.
    public internal(set) var tasks: [TaskKey] = []
    /// What the container was last allowed to use.
    var limits: ContainerLimits
    var nextGroup = 0
    /// When it ends although not all updates are acknowledged.
    var lingerDeadline: Timestamp?
    /// What is known of its process, if it is a custom one.
    var session = ExecutorSession()

    init(stored: StoredExecutor, phase: Phase, limits: ContainerLimits) {
        self.stored = stored
        self.phase = phase
        self.limits = limits
    }

    /// Its ids.
    public var key: ExecutorKey { stored.key }
}

/// A task, from its launch until the last of its updates is acknowledged.
public struct TaskRecord: Sendable {
    /// What its container does.
    public enum Phase: Sendable, Hashable {
        /// Its executor's container is not ready.
        case waiting
        case launching
        case running(pid: Int32)
        case ended
    }

    /// What is kept on disk of it.
    public internal(set) var stored: StoredTask
    /// What its container does.
    public internal(set) var phase: Phase
    /// How often the oldest unacknowledged update was sent, and when it is sent again.
    var attempts = 0
    var resendAt: Timestamp?
    /// What looks at it while it runs; nothing if it asked for no checks, or does not run.
    var checks: TaskChecks?

    init(stored: StoredTask, phase: Phase) {
        self.stored = stored
        self.phase = phase
    }

    /// Its ids.
    public var key: TaskKey { stored.key }

    /// The newest state, whether the framework knows it or not.
    public var state: Mesos_V1_TaskState { stored.updates.last?.status.state ?? .taskStaging }

    /// The oldest update that is not acknowledged.
    var firstPending: Agora_V1_StatusUpdate? {
        stored.acknowledged < stored.updates.count ? stored.updates[stored.acknowledged] : nil
    }

    var isOver: Bool { phase == .ended && firstPending == nil }
}

/// What the containers that the core launched are for.
enum ContainerOwner: Sendable, Hashable {
    case executor(ExecutorKey)
    case task(TaskKey)
    /// Nobody any more: it is being destroyed.
    case nobody
}

/// An executor that has ended.
public struct CompletedExecutor: Sendable {
    /// What is kept on disk of it.
    public let stored: StoredExecutor
}

/// A task that has ended and whose updates are acknowledged.
public struct CompletedTask: Sendable {
    /// Where it ran; nothing if it was refused.
    public let executor: ExecutorKey?
    /// As messages show it.
    public let task: Mesos_V1_Task
    let container: ContainerID?
}

/// What has been, for those who ask; each list is bounded.
public struct AgentHistory: Sendable {
    /// Oldest first.
    public private(set) var tasks: [CompletedTask] = []
    /// Oldest first.
    public private(set) var executors: [CompletedExecutor] = []
    /// Oldest first.
    public private(set) var frameworks: [Mesos_V1_FrameworkInfo] = []

    /// Returns the task that is forgotten for it, if there is one.
    mutating func add(_ task: CompletedTask) -> CompletedTask? {
        let oldest = tasks.count >= AgentLimits.completedTasks ? tasks.first : nil
        Self.append(task, to: &tasks, limit: AgentLimits.completedTasks)
        return oldest
    }

    mutating func add(_ executor: StoredExecutor) {
        Self.append(CompletedExecutor(stored: executor), to: &executors, limit: AgentLimits.completedExecutors)
    }

    mutating func add(_ framework: Mesos_V1_FrameworkInfo) {
        frameworks.removeAll { $0.id == framework.id }
        Self.append(framework, to: &frameworks, limit: AgentLimits.completedFrameworks)
    }

    mutating func revive(_ framework: Mesos_V1_FrameworkID) {
        frameworks.removeAll { $0.id == framework }
    }

    private static func append<Element>(_ element: Element, to list: inout [Element], limit: Int) {
        if list.count >= limit { list.removeFirst(list.count - limit + 1) }
        list.append(element)
    }
}
