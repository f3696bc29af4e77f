public import Cluster
public import MesosAPI
public import MesosMessages

/// What the core asks its shell to do.
///
/// The shell first commits all `persist` effects of a batch in one transaction, then carries out the others in order:
/// nothing is told or launched that a restarted agent would not know of.
public enum AgentEffect: Sendable {
    /// Change what is on the disk.
    case persist(StorageChange)

    /// Dial the master with this SUBSCRIBE call; report events and the loss of the connection under its number.
    case connect(connection: UInt64, Agora_V1_AgentCall)
    /// Close the connection; no report is needed.
    case disconnect(connection: UInt64)
    /// Send a call, in order with the others of the connection.
    case send(connection: UInt64, Agora_V1_AgentCall)

    /// Launch a container, then report `containerLaunched` or `containerLaunchFailed`, and its end.
    case launch(ContainerLaunch)
    /// Send a signal to the first process of a container; it may have ended.
    case signal(ContainerID, Int32)
    /// Kill a container and all below it, or stop its launch. Its end, or its failed launch, is reported as always.
    case destroy(ContainerID)
    /// Change the limits of a running container.
    case update(ContainerID, ContainerLimits)
    /// Drop what is kept of an ended container; its sandbox stays.
    case forget(ContainerID)

    /// Answer an executor's SUBSCRIBE with a stream of this number; report its end, whoever ends it.
    case openStream(StreamID, reply: any ReplyAddress)
    /// Write an event to an executor's stream.
    case sendToExecutor(StreamID, Mesos_V1_Executor_Event)
    /// End a stream after what was written to it.
    case closeStream(StreamID)
    /// Answer a request with this status and, for a refusal, a text that says why.
    case answer(any ReplyAddress, status: Int, text: String)

    /// Look at a task, then report `probed`.
    case probe(Probe)
    /// Give up a probe with everything it started; no report is needed.
    case stopProbe(Probe.ID)

    /// End the process: the master does not want this agent, for that reason.
    case abort(String)
    /// The core has nothing left to wait for after `stop`.
    case stopped

    /// A line for the log.
    case log(AgentLogLine)
}

/// A line for the log, with its facts apart.
public struct AgentLogLine: Sendable {
    /// How much it matters.
    public enum Level: Sendable { case info, warning, error }

    /// How much it matters.
    public let level: Level
    /// One sentence.
    public let message: String
    /// What it is about, by name.
    public let facts: [String: String]

    init(_ level: Level, _ message: String, _ facts: [String: String] = [:]) {
        self.level = level
        self.message = message
        self.facts = facts
    }
}
