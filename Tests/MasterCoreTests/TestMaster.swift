import Cluster
import Foundation
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// A request's answer, kept.
final class TestReply: ReplyAddress {}

/// A master core with time, streams and answers at hand.
struct TestMaster {
    var core: MasterCore
    var now = Timestamp(nanoseconds: 1_000_000_000_000_000_000)
    var schedulerEvents: [StreamID: [SchedulerEvent]] = [:]
    var agentEvents: [StreamID: [AgentEvent]] = [:]
    var greetings: [(streams: [StreamID], state: ClusterState)] = []
    var operatorEvents: [OperatorEvent] = []
    var closed: Set<StreamID> = []
    var notices: [String] = []

    /// What the shell would have on its disk, and how it came there.
    var registry = Registry()
    var changes: [RegistryChange] = []
    var abortReason: String?
    private var nextStream: UInt64 = 1
    private var starts = 0
    private let change: (inout MasterCoreConfiguration) -> Void

    init(_ change: @escaping (inout MasterCoreConfiguration) -> Void = { _ in }) {
        self.change = change
        core = MasterCore(Self.configuration("M", change), at: now)
    }

    private static func configuration(_ id: String, _ change: (inout MasterCoreConfiguration) -> Void) -> MasterCoreConfiguration {
        var info = Mesos_V1_MasterInfo()
        info.id = id
        info.ip = 16_777_343
        info.port = 5050
        var configuration = MasterCoreConfiguration(masterInfo: info)
        change(&configuration)
        return configuration
    }

    /// Kills the master and starts another with what is on the disk; all streams are broken.
    mutating func restart(_ newChange: ((inout MasterCoreConfiguration) -> Void)? = nil) {
        starts += 1
        core = MasterCore(Self.configuration("M\(starts)", newChange ?? change), recovering: registry, at: now)
        schedulerEvents = [:]
        agentEvents = [:]
        changes = []
    }

    mutating func newStream(peer: String? = nil) -> NewStream {
        defer { nextStream += 1 }
        return NewStream(id: StreamID(nextStream), token: "token-\(nextStream)", peer: peer)
    }

    /// Handles one input and what is due at the same moment, as `CoreLoop` does.
    @discardableResult
    mutating func handle(_ input: MasterInput) -> (status: Int, text: String)? {
        var answer: (Int, String)?
        var effects: [MasterEffect] = []
        core.handle(input, at: now, effects: &effects)
        if let deadline = core.nextDeadline, deadline <= now { core.handle(.tick, at: now, effects: &effects) }
        for effect in effects {
            switch effect {
            case .sendToScheduler(let stream, let event): schedulerEvents[stream, default: []].append(event)
            case .sendToAgent(let stream, let event): agentEvents[stream, default: []].append(event)
            case .answer(_, let status, let text): answer = (status, text)
            case .closeStream(let stream): closed.insert(stream)
            case .log(let notice): notices.append(notice.message)
            case .persist(let change):
                registry.apply(change)
                changes.append(change)
            case .abort(let reason): abortReason = reason
            case .greetOperators(let streams, let state, _): greetings.append((streams, state))
            case .tellOperators(let event): operatorEvents.append(event)
            case .closeOperatorStream(let stream): closed.insert(stream)
            }
        }
        return answer
    }

    /// Lets time pass, with a tick at every deadline.
    mutating func advance(by duration: Duration) {
        let end = now + duration
        while let deadline = core.nextDeadline, deadline <= end {
            now = max(now, deadline)
            handle(.tick)
        }
        now = end
        handle(.tick)
    }

    /// What was sent to a scheduler since the last call, heartbeats left out.
    mutating func events(of stream: NewStream) -> [SchedulerEvent] {
        let events = schedulerEvents.removeValue(forKey: stream.id) ?? []
        return events.filter { if case .heartbeat = $0 { false } else { true } }
    }

    /// What was sent to an agent since the last call, heartbeats left out.
    mutating func events(of agent: TestAgent) -> [AgentEvent] {
        let events = agentEvents.removeValue(forKey: agent.stream.id) ?? []
        return events.filter { if case .heartbeat = $0 { false } else { true } }
    }
}

/// A subscribed scheduler.
struct TestScheduler {
    var id: FrameworkID
    var stream: NewStream
}

/// A registered agent.
struct TestAgent {
    var id: AgentID
    var stream: NewStream
}

extension TestMaster {
    static func frameworkInfo(
        _ name: String = "test",
        roles: [String] = ["eng"],
        timeout: Double = 0,
        isPartitionAware: Bool = true,
        _ capabilities: Mesos_V1_FrameworkInfo.Capability.TypeEnum...
    ) -> Mesos_V1_FrameworkInfo {
        var info = Mesos_V1_FrameworkInfo()
        info.name = name
        info.user = "root"
        info.roles = roles
        info.failoverTimeout = timeout
        var types: [Mesos_V1_FrameworkInfo.Capability.TypeEnum] = [.multiRole]
        if isPartitionAware { types.append(.partitionAware) }
        types += capabilities
        info.capabilities = types.map { type in
            var capability = Mesos_V1_FrameworkInfo.Capability()
            capability.type = type
            return capability
        }
        return info
    }

    /// Subscribes; the events stay to be looked at.
    mutating func subscribe(
        _ info: Mesos_V1_FrameworkInfo,
        _ fill: (inout Mesos_V1_Scheduler_Call.Subscribe) -> Void = { _ in }
    ) -> NewStream {
        let stream = newStream()
        var call = Mesos_V1_Scheduler_Call()
        call.type = .subscribe
        call.subscribe.frameworkInfo = info
        if info.hasID { call.frameworkID = info.id }
        fill(&call.subscribe)
        handle(.schedulerSubscribe(stream, call))
        return stream
    }

    /// Subscribes a valid framework.
    mutating func scheduler(
        _ info: Mesos_V1_FrameworkInfo = frameworkInfo(),
        _ fill: (inout Mesos_V1_Scheduler_Call.Subscribe) -> Void = { _ in }
    ) throws -> TestScheduler {
        let stream = subscribe(info, fill)
        guard case .subscribed(let id, _, _) = try #require(schedulerEvents[stream.id]?.first) else {
            throw TestFailure("not subscribed: \(schedulerEvents[stream.id] ?? [])")
        }
        schedulerEvents[stream.id]?.removeFirst()
        return TestScheduler(id: id, stream: stream)
    }

    static func agentCall(_ resources: String, id: AgentID? = nil) throws -> Agora_V1_AgentCall {
        var call = Agora_V1_AgentCall()
        call.type = .subscribe
        call.subscribe.agent.hostname = "10.0.0.7"
        call.subscribe.agent.port = 5051
        call.subscribe.agent.resources = try Resources.parse(resources).messages
        if let id { call.subscribe.agent.id = id.message }
        call.subscribe.version = "1"
        call.subscribe.capabilities = [.multiRole, .hierarchicalRole, .reservationRefinement, .taskResourceLimits].map { type in
            .with { $0.type = type }
        }
        return call
    }

    /// Registers an agent; what it reports can be added to the call.
    mutating func agent(
        _ resources: String = "cpus:4;mem:4096;disk:1000;ports:[31000-32000]",
        id: AgentID? = nil,
        peer: String? = nil,
        _ report: (inout Agora_V1_AgentCall.Subscribe) -> Void = { _ in }
    ) throws -> TestAgent {
        var call = try Self.agentCall(resources, id: id)
        report(&call.subscribe)
        let stream = newStream(peer: peer)
        handle(.agentSubscribe(stream, call))
        guard case .subscribed(let id, _, _) = try #require(agentEvents[stream.id]?.first) else {
            throw TestFailure("not registered: \(agentEvents[stream.id] ?? [])")
        }
        agentEvents[stream.id]?.removeFirst()
        return TestAgent(id: id, stream: stream)
    }

    /// Sends a scheduler's call as the shell would.
    @discardableResult
    mutating func send(
        _ scheduler: TestScheduler,
        _ type: Mesos_V1_Scheduler_Call.TypeEnum,
        _ fill: (inout Mesos_V1_Scheduler_Call) -> Void = { _ in }
    )
        -> (status: Int, text: String)?
    {
        var call = Mesos_V1_Scheduler_Call()
        call.type = type
        call.frameworkID = scheduler.id.message
        fill(&call)
        do { try SchedulerCallValidation.check(call) } catch { return (error.status, error.message) }
        return handle(.schedulerCall(call, token: scheduler.stream.token, reply: TestReply()))
    }

    /// Sends an agent's call as the shell would.
    @discardableResult
    mutating func send(_ agent: TestAgent, _ type: Agora_V1_AgentCall.TypeEnum, _ fill: (inout Agora_V1_AgentCall) -> Void = { _ in })
        -> (status: Int, text: String)?
    {
        var call = Agora_V1_AgentCall()
        call.type = type
        call.agentID = agent.id.message
        fill(&call)
        do { try AgentCallValidation.check(call) } catch { return (error.status, error.message) }
        return handle(.agentCall(call, token: agent.stream.token, reply: TestReply()))
    }

    /// The offers made to the scheduler since the last call; other events stay.
    mutating func offers(to scheduler: TestScheduler) -> [OfferEntry] {
        advance(by: .milliseconds(50))
        return take(from: scheduler.stream) { if case .offers(let offers) = $0 { offers } else { nil } }.flatMap(\.self)
    }

    /// The statuses sent to the scheduler since the last call; other events stay.
    mutating func updates(to scheduler: TestScheduler) -> [Mesos_V1_TaskStatus] {
        take(from: scheduler.stream) { if case .update(let status) = $0 { status } else { nil } }
    }

    /// The statuses of operations sent to the scheduler since the last call; other events stay.
    mutating func operationUpdates(to scheduler: TestScheduler) -> [Mesos_V1_OperationStatus] {
        take(from: scheduler.stream) { if case .operationUpdate(let status) = $0 { status } else { nil } }
    }

    /// The offers taken back from the scheduler since the last call; other events stay.
    mutating func rescinded(from scheduler: TestScheduler) -> [OfferID] {
        take(from: scheduler.stream) { if case .rescind(let id) = $0 { id } else { nil } }
    }

    private mutating func take<Part>(from stream: NewStream, _ part: (SchedulerEvent) -> Part?) -> [Part] {
        let events = schedulerEvents[stream.id] ?? []
        schedulerEvents[stream.id] = events.filter { part($0) == nil }
        return events.compactMap(part)
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
