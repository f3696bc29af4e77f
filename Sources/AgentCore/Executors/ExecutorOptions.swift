/// How long custom executors may take, and how they reach the agent.
public struct ExecutorOptions: Sendable {
    /// From the start of its container until an executor must have subscribed.
    public var registrationTimeout = Duration.seconds(60)
    /// From the start of a restarted agent until an executor must be back; at most `maximumReregistrationTimeout`.
    public var reregistrationTimeout = Duration.seconds(2)
    /// From SHUTDOWN until force, for executors that say nothing else.
    public var shutdownGrace = Duration.seconds(5)
    /// How long an executor shall try to reach an agent that is away; the executor itself ends after that.
    public var recoveryTimeout = Duration.seconds(15 * 60)
    /// The unix domain socket of the executor API, absolute; nothing: TCP only.
    public var socketPath: String?

    /// The defaults of Mesos.
    public init() {}

    /// What Mesos allows for `reregistrationTimeout`.
    public static let maximumReregistrationTimeout = Duration.seconds(15)
    /// Between heartbeats on an executor's stream.
    public static let heartbeatInterval = Duration.seconds(30 * 60)
    /// Updates of one task that wait for their framework; an executor that makes more is told to wait.
    public static let pendingUpdates = 256
    /// The largest update of an executor, in bytes.
    public static let updateBytes = 512 << 10
    /// The largest message between an executor and its scheduler, in bytes.
    public static let messageBytes = 16 << 20
}
