public import Allocation
public import Cluster
import MesosAPI
import MesosMessages

/// The master as a pure state machine: an input and the moment go in, the state changes, effects come out.
///
/// It does no I/O, reads no clock and draws no random number, so that every decision can be tested by plain calls and
/// replayed. `state` is what readers are shown; copies of it share their contents.
public struct MasterCore: Sendable {
    /// What can happen to the master.
    public typealias Input = MasterInput

    /// What the master asks its shell to do.
    public typealias Effect = MasterEffect

    /// The input that says no more than that time has passed.
    public static var tick: MasterInput { .tick }

    enum Deadline: Hashable, Sendable {
        case schedulerHeartbeat(StreamID)
        case agentHeartbeat(StreamID)
        case agentLost(AgentID)
        case frameworkLost(FrameworkID)
        case offerUnanswered(OfferID)
        case recoveryOver
        case lossPermit
        case registryCleanUp
        case operatorHeartbeat
        case inverseOffer(InverseOfferKey)
    }

    let configuration: MasterCoreConfiguration

    /// What the master shows outside.
    public internal(set) var state: ClusterState

    /// Who is offered what; a copy of it answers why a framework waits.
    package internal(set) var allocator: Allocator
    var schedulerStreams: [StreamID: FrameworkID] = [:]
    var agentStreams: [StreamID: AgentID] = [:]

    /// Those who watch the cluster, oldest first.
    var operatorStreams: [StreamID] = []
    var deadlines = DeadlineQueue<Deadline>()
    var names: NameSource
    var removedFrameworks: KeyedHistory<FrameworkID, Timestamp>
    var losses = LossQueue()

    /// Agents that are drained and may be empty since the input that is being handled.
    var drainChecks: Set<AgentID> = []

    /// The open requests to leave agents, by their names.
    var inverseOfferKeys: [OfferID: InverseOfferKey] = [:]

    /// The agents that are away, by where they were reached.
    var awayAgents: [String: AgentID] = [:]

    /// Kills of tasks that agents may report which have not come back since the start.
    var awaitedKills: [TaskKey: Mesos_V1_KillPolicy?] = [:]

    /// How many agents the registry knew at the start.
    var agentsToRecover = 0

    /// What the registry need not hold any longer by the limits that hold now.
    var overdue: [RegistryChange] = []
    var allocationDue: Timestamp?
    var lastAllocation = Timestamp(nanoseconds: .min)

    /// How many launches were sent to agents; each task remembers the number of its own.
    var launches: UInt64 = 0

    /// The moment and the effects of the input that is being handled.
    var now: Timestamp
    private var effects: [MasterEffect] = []

    /// A master that knows of nothing yet.
    ///
    /// - Parameter allocator: who divides; one with the options of Mesos unless given.
    public init(_ configuration: MasterCoreConfiguration, allocator: Allocator? = nil, at now: Timestamp) {
        self.configuration = configuration
        self.allocator = allocator ?? Allocator(options: AllocatorOptions(region: configuration.masterInfo.region))
        self.now = now
        names = NameSource(masterID: configuration.masterInfo.id)
        removedFrameworks = KeyedHistory(limit: configuration.limits.removedFrameworks)
        state = ClusterState(masterInfo: configuration.masterInfo, started: now, limits: configuration.limits)
    }

    /// The moment at which the master wants a `tick` if nothing else happens before.
    public var nextDeadline: Timestamp? {
        [deadlines.next, allocationDue, allocator.nextDeadline].compactMap(\.self).min()
    }

    /// Changes the state by one input and appends what is to be done about it, in order.
    public mutating func handle(_ input: MasterInput, at now: Timestamp, effects: inout [MasterEffect]) {
        self.now = max(now, self.now)
        swap(&self.effects, &effects)
        defer { swap(&self.effects, &effects) }
        switch input {
        case .schedulerSubscribe(let stream, let call): subscribe(stream, call)
        case .schedulerCall(let call, let token, let reply): answer(reply) { core throws(Refusal) in try core.carryOut(call, token: token) }
        case .schedulerStreamClosed(let stream): schedulerStreamClosed(stream)
        case .agentSubscribe(let stream, let call): subscribeAgent(stream, call)
        case .agentCall(let call, let token, let reply):
            answer(reply) { core throws(Refusal) in
                try core.carryOut(call, token: token)
                return 202
            }
        case .agentStreamClosed(let stream): agentStreamClosed(stream)
        case .operatorCall(let call, let reply):
            answer(reply) { core throws(Refusal) in
                try core.carryOut(call)
                return 200
            }
        case .operatorSubscribe(let streams): watch(streams)
        case .operatorStreamClosed(let stream): operatorStreamClosed(stream)
        case .tick: tick()
        }
        if !drainChecks.isEmpty { settleDrains() }
    }

    /// Adds one effect to those of this input.
    mutating func emit(_ effect: MasterEffect) {
        effects.append(effect)
    }

    /// Tells the operator.
    mutating func log(_ level: MasterNotice.Level, _ message: String, _ subjects: KeyValuePairs<String, String>) {
        emit(.log(MasterNotice(level: level, message: message, subjects: subjects.map { ($0.key, $0.value) })))
    }

    /// Answers the status of the work before the events that it causes, or the refusal if it is not done.
    private mutating func answer(_ reply: any ReplyAddress, _ work: (inout MasterCore) throws(Refusal) -> Int) {
        let place = effects.count
        do {
            let status = try work(&self)
            effects.insert(.answer(reply, status: status, text: ""), at: place)
        } catch {
            emit(.answer(reply, status: error.status, text: error.message))
        }
    }

    private mutating func tick() {
        while let deadline = deadlines.popDue(at: now) {
            switch deadline {
            case .schedulerHeartbeat(let stream): beat(scheduler: stream)
            case .agentHeartbeat(let stream): beat(agent: stream)
            case .agentLost(let agent): markUnreachable(agent)
            case .frameworkLost(let framework): failoverTimedOut(framework)
            case .offerUnanswered(let offer): offerTimedOut(offer)
            case .recoveryOver: recoveryTimedOut()
            case .lossPermit: tellNextLosses()
            case .registryCleanUp: cleanUpRegistry()
            case .operatorHeartbeat: beatOperators()
            case .inverseOffer(let key): askAgain(key)
            }
        }
        allocateIfDue()
    }
}

/// Makes the names that a master gives, as Mesos writes them.
struct NameSource: Sendable {
    let masterID: String
    private var frameworks: UInt64 = 0
    private var agents: UInt64 = 0
    private var offers: UInt64 = 0

    init(masterID: String) {
        self.masterID = masterID
    }

    /// `<master>-0000`, `<master>-0001`, …
    mutating func framework() -> FrameworkID {
        defer { frameworks += 1 }
        let number = String(frameworks)
        return FrameworkID("\(masterID)-\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)")
    }

    /// `<master>-S0`, `<master>-S1`, …
    mutating func agent() -> AgentID {
        defer { agents += 1 }
        return AgentID("\(masterID)-S\(agents)")
    }

    /// `<master>-O0`, `<master>-O1`, …
    mutating func offer() -> OfferID {
        defer { offers += 1 }
        return OfferID("\(masterID)-O\(offers)")
    }
}
