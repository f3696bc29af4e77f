public import Allocation

/// How much the master keeps and admits: nothing it holds grows without one of these.
public struct MasterLimits: Sendable {
    /// Frameworks known at once, connected or waiting to come back; a further SUBSCRIBE gets an ERROR event.
    public var frameworks = 10_000

    /// Agents registered at once; a further SUBSCRIBE gets an ERROR event.
    public var agents = 50_000

    /// Tasks of one framework that run or wait for an acknowledgement; a further launch is TASK_ERROR.
    public var tasksPerFramework = 200_000

    /// Completed frameworks kept to be shown (Mesos: `--max_completed_frameworks`).
    public var completedFrameworks = 50

    /// Completed tasks kept per framework (Mesos: `--max_completed_tasks_per_framework`).
    public var completedTasksPerFramework = 1_000

    /// Unreachable tasks kept per framework (Mesos: `--max_unreachable_tasks_per_framework`).
    public var unreachableTasksPerFramework = 1_000

    /// Agents remembered as unreachable, and as many as gone (Mesos: `--registry_max_agent_count`).
    public var unreachableAgents = 102_400

    /// Frameworks remembered as removed: the ids of older ones may be used again.
    public var removedFrameworks = 10_000

    /// Operators who watch the cluster at once; with more the oldest are cut off (Mesos:
    /// `--max_operator_event_stream_subscribers`).
    public var operatorSubscribers = 1_000

    /// Kills kept for agents that have not come back since the master's restart.
    public var awaitedKills = 100_000

    /// Statuses kept per task; a task that changes state more often loses its oldest.
    public var statusesPerTask = 32

    /// Conditions in one framework's offer constraints; a call with more is refused.
    public var offerConstraints = 10_000

    /// How complicated the regular expressions in offer constraints may be.
    public var regularExpressions = RegularExpressionLimits()

    /// The limits that hold unless configured otherwise.
    public init() {}
}
