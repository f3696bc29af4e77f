public import MesosMessages

/// What the agent is and offers; fixed for the life of its process.
public struct AgentCoreConfiguration: Sendable {
    /// Host name, port, resources and attributes, without an id.
    public var info: Mesos_V1_AgentInfo
    /// Of the program, as "0.1.0".
    public var version: String
    /// The address under which the agent and its tasks are reached, as "10.0.0.7".
    public var address: String
    /// The folder below which sandboxes stand, absolute.
    public var workDirectory: String
    /// A name for the time since the machine was last started (random(4), `boot_id`).
    public var boot: String
    /// How long custom executors may take, and how they reach the agent.
    public var executors = ExecutorOptions()
    /// How much is kept of tasks that have ended.
    public var endedTasks = EndedTaskLimits()

    /// Describes an agent.
    public init(info: Mesos_V1_AgentInfo, version: String, address: String, workDirectory: String, boot: String = "") {
        self.info = info
        self.version = version
        self.address = address
        self.workDirectory = workDirectory
        self.boot = boot
    }

    /// What this agent can do, in Mesos's words.
    public static let capabilities: [Mesos_V1_AgentInfo.Capability.TypeEnum] = [
        .multiRole, .hierarchicalRole, .reservationRefinement, .taskResourceLimits,
    ]
}

/// The limits and intervals of an agent; each is named after what it bounds.
public enum AgentLimits {
    /// Ended tasks that are still shown; the oldest go first.
    public static let completedTasks = 500
    /// Ended executors that are still shown.
    public static let completedExecutors = 150
    /// Frameworks without anything left that are still shown.
    public static let completedFrameworks = 50

    /// What is kept of the end of each output of an ended task, in bytes.
    public static let lastOutputBytes = 4096
    /// What is kept of the message of an ended task's last status, in bytes.
    public static let endedTaskMessageBytes = 4096

    /// Time for a task between SIGTERM and SIGKILL if nobody says otherwise.
    public static let killGrace = Duration.seconds(3)
    /// Time between two attempts to destroy a container that does not end.
    public static let killRetry = Duration.seconds(1)
    /// How long an executor without tasks waits for the last acknowledgement before it ends.
    public static let executorLinger = Duration.seconds(60)

    /// Updates of a task that are kept although they are acknowledged.
    public static let keptUpdates = 32
    /// Updates of a task that may wait for acknowledgements before its checks tell no more.
    public static let pendingCheckUpdates = 128
    /// Between two probes of a check, whatever it asks for.
    public static let shortestCheckInterval = Duration.milliseconds(100)

    /// First wait for an acknowledgement; doubled after every attempt.
    public static let updateRetryMinimum = Duration.seconds(10)
    /// Longest wait for an acknowledgement.
    public static let updateRetryMaximum = Duration.seconds(600)

    /// First pause before the agent dials its master again; doubled after every attempt.
    public static let reconnectMinimum = Duration.milliseconds(250)
    /// How long an agent that only cleans up waits for a master to report to.
    public static let cleanUpPatience = Duration.seconds(15)
    /// Longest pause before the agent dials its master again.
    public static let reconnectMaximum = Duration.seconds(15)
    /// Between heartbeats until the master names its own interval.
    public static let heartbeatInterval = Duration.seconds(15)
    /// Heartbeats of the master that may be missed before its stream counts as broken.
    public static let missedHeartbeats = 5
}
