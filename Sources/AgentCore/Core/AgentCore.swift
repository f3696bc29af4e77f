public import Cluster
public import HashTreeCollections
import MesosAPI
public import MesosMessages

/// The agent as a pure state machine: what runs here, who is to be told, and what the built-in executors decide.
///
/// It takes one input and the moment, changes its state, and says what is to be done. A copy costs nothing and shows
/// the state as it was. The executors are part of it, not processes: the command executor runs one task in one
/// container, the default executor holds groups of tasks in a container around them. Custom executors are
/// programs of frameworks; they are told what to do over the executor API.
public struct AgentCore: Sendable {
    /// What the agent is and offers.
    public let configuration: AgentCoreConfiguration
    /// The id that the master gave; nothing before the first subscription.
    public internal(set) var id: AgentID?
    /// Those that have something here.
    public internal(set) var frameworks: TreeDictionary<FrameworkID, FrameworkRecord> = [:]
    /// Those whose container is not gone.
    public internal(set) var executors: TreeDictionary<ExecutorKey, ExecutorRecord> = [:]
    /// Those of which not all is acknowledged.
    public internal(set) var tasks: TreeDictionary<TaskKey, TaskRecord> = [:]
    /// What has been.
    public internal(set) var history = AgentHistory()
    /// How many tasks have come to each state since the start of the process.
    public internal(set) var transitions: [Mesos_V1_TaskState: Int] = [:]
    /// What custom executors did since the start of the process.
    public internal(set) var executorCounters = ExecutorCounters()
    /// When the agent last subscribed; nothing while it has no master.
    public internal(set) var masterInfo: Mesos_V1_MasterInfo?
    /// How the master empties this agent, as it said last; nothing if it does not.
    public internal(set) var drain: Agora_V1_AgentEvent.Drain?

    /// The networks that containers which run are in, with their addresses there; one that is not here is in the host's.
    var networks: TreeDictionary<ContainerID, [Mesos_V1_NetworkInfo]> = [:]
    var owners: TreeDictionary<ContainerID, ContainerOwner> = [:]
    /// Whose the open streams of executors are.
    var executorStreams: [StreamID: ExecutorKey] = [:]
    /// Executors whose frameworks are gone.
    var closing: [ExecutorKey: ClosingExecutor] = [:]
    var timers = Timers()
    var link = Link.idle
    /// How often the agent was started, this time included.
    var life: UInt64 = 0
    /// The number of the newest connection: reports about older ones count no more.
    var connection: UInt64 = 0
    /// Connections that failed since the last SUBSCRIBED.
    var failedConnections = 0
    /// Executors that ended since the SUBSCRIBE under way was written: it still names them.
    var exitsWhileDialing: [Agora_V1_AgentCall.ExecutorExited] = []
    var stopPhase = StopPhase.running
    /// Whether all that runs is killed as soon as there is a master to report to.
    var isCleaningUp = false
    /// What the master said when it shut this agent down.
    var shutdownReason: String?
    /// The number of the newest probe of a task.
    var lastProbe: UInt64 = 0
    var generator: SeededGenerator

    /// - Parameters:
    ///   - configuration: what the agent is and offers.
    ///   - seed: decides all identifiers and jitter.
    public init(configuration: AgentCoreConfiguration, generator: SeededGenerator) {
        self.configuration = configuration
        self.generator = generator
    }

    /// Whether a master has this agent now.
    public var isSubscribed: Bool { link.isSubscribed }

    /// The input that says no more than that time has passed.
    public static var tick: AgentInput { .tick }

    /// When the core wants a `tick` if nothing else happens before.
    public var nextDeadline: Timestamp? {
        [timers.next, link.deadline].compactMap(\.self).min()
    }

    /// Changes the state by one input and appends what is to be done about it, in order.
    public mutating func handle(_ input: AgentInput, at now: Timestamp, effects: inout [AgentEffect]) {
        var turn = Turn(now: now)
        swap(&turn.effects, &effects)
        switch input {
        case .start: connect(&turn)
        case .cleanUp: cleanUp(&turn)
        case .event(let connection, let event): handle(event, on: connection, &turn)
        case .linkLost(let connection, let reason): loseLink(connection, because: reason, &turn)
        case .containerLaunched(let id, let pid, let networks):
            self.networks[id] = networks.isEmpty ? nil : networks
            containerLaunched(id, pid: pid, &turn)
        case .containerLaunchFailed(let id, let message): containerLaunchFailed(id, message: message, &turn)
        case .containerEnded(let id, let exit): containerEnded(id, exit, &turn)
        case .executorSubscribe(let stream, let call, let claims, let reply): subscribe(stream, call, claims, reply, &turn)
        case .executorCall(let call, let claims, let reply): carryOut(call, claims, reply, &turn)
        case .executorStreamClosed(let stream): executorStreamClosed(stream, &turn)
        case .probed(let id, let result): probed(id, result, &turn)
        case .stop(let destroyContainers): stop(destroyContainers: destroyContainers, &turn)
        case .tick: break
        }
        passTime(&turn)
        flush(&turn)
        swap(&turn.effects, &effects)
    }

    /// Sends what the turn gathered for the master in one call.
    mutating func flush(_ turn: inout Turn) {
        guard !turn.updates.isEmpty, isSubscribed else { return }
        let updates = turn.updates
        turn.updates = []
        send(&turn) { call in
            call.type = .updateStatus
            call.updateStatus.updates = updates
        }
    }
}

/// How far the agent is on its way out.
enum StopPhase: Sendable {
    case running
    /// All containers are being killed.
    case destroying
    case stopped
}

/// What one input brings about.
struct Turn {
    let now: Timestamp
    var effects: [AgentEffect] = []
    /// Status updates to send at the end of the turn.
    var updates: [Agora_V1_StatusUpdate] = []

    mutating func log(_ level: AgentLogLine.Level, _ message: String, _ facts: [String: String] = [:]) {
        effects.append(.log(AgentLogLine(level, message, facts)))
    }
}
