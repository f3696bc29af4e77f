import AgentCore
import Cluster
import FoundationEssentials
import HashTreeCollections
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// Who waits for an answer.
final class Reply: ReplyAddress {}

/// Custom executors, as a core sees them.
extension CoreHarness {
    static let executor = ExecutorKey(framework: framework, executor: ExecutorID("exec"))

    /// Launches tasks for the custom executor "exec".
    mutating func launchCustom(
        _ tasks: [String],
        isGroup: Bool = false,
        by framework: Mesos_V1_FrameworkInfo = .sample(),
        _ change: (inout Mesos_V1_ExecutorInfo) -> Void = { _ in }
    ) {
        var executor = Mesos_V1_ExecutorInfo.custom
        change(&executor)
        event(.launch) { event in
            event.launch.framework = framework
            event.launch.executor = executor
            event.launch.tasks = tasks.map { id in .sample(id) { $0.clearCommand() } }
            event.launch.isGroup = isGroup
        }
    }

    /// An executor that was launched with these tasks, subscribed on stream 1, and got them.
    static func withExecutor(_ tasks: [String], by framework: Mesos_V1_FrameworkInfo = .sample()) -> CoreHarness {
        var agent = subscribed()
        agent.launchCustom(tasks, by: framework)
        agent.launched(agent.executorContainer)
        agent.subscribeExecutor(1)
        agent.effects = []
        return agent
    }

    var executorContainer: ContainerID { core.executors[Self.executor]?.stored.container ?? ContainerID("none") }

    private func call(
        _ type: Mesos_V1_Executor_Call.TypeEnum,
        _ fill: (inout Mesos_V1_Executor_Call) -> Void
    ) -> Mesos_V1_Executor_Call {
        .with { call in
            call.type = type
            call.frameworkID.value = Self.framework.value
            call.executorID.value = "exec"
            fill(&call)
        }
    }

    mutating func subscribeExecutor(
        _ stream: UInt64,
        tasks: [String] = [],
        updates: [Mesos_V1_TaskStatus] = [],
        claims: ExecutorClaims? = nil,
        _ change: (inout Mesos_V1_Executor_Call) -> Void = { _ in }
    ) {
        var call = call(.subscribe) { call in
            call.subscribe.unacknowledgedTasks = tasks.map { .sample($0) }
            call.subscribe.unacknowledgedUpdates = updates.map { status in .with { $0.status = status } }
        }
        change(&call)
        handle(.executorSubscribe(StreamID(stream), call, claims, reply: Reply()))
    }

    mutating func update(_ status: Mesos_V1_TaskStatus, claims: ExecutorClaims? = nil) {
        handle(.executorCall(call(.update) { $0.update.status = status }, claims, reply: Reply()))
    }

    mutating func say(_ text: String) {
        handle(.executorCall(call(.message) { $0.message.data = Data(text.utf8) }, nil, reply: Reply()))
    }

    mutating func beat() {
        handle(.executorCall(.with { $0.type = .heartbeat }, nil, reply: Reply()))
    }

    mutating func shutdownExecutor() {
        event(.shutdownExecutor) {
            $0.shutdownExecutor.frameworkID.value = Self.framework.value
            $0.shutdownExecutor.executorID.value = "exec"
        }
    }

    // MARK: What an executor sees

    /// The events on a stream since the last `take`.
    func events(_ stream: UInt64) -> [Mesos_V1_Executor_Event] {
        effects.compactMap { if case .sendToExecutor(StreamID(stream), let event) = $0 { event } else { nil } }
    }

    func eventTypes(_ stream: UInt64) -> [Mesos_V1_Executor_Event.TypeEnum] { events(stream).map(\.type) }

    /// The statuses of the answers since the last `take`; 200: a stream.
    var answers: [Int] {
        effects.compactMap { effect in
            switch effect {
            case .answer(_, let status, _): status
            case .openStream: 200
            default: nil
            }
        }
    }

    var closed: [UInt64] {
        effects.compactMap { if case .closeStream(let stream) = $0 { stream.number } else { nil } }
    }

    /// The wait statuses of executors that the master was told of.
    var exits: [Int32] {
        effects.compactMap {
            if case .send(_, let call) = $0, call.type == .executorExited { call.executorExited.status } else { nil }
        }
    }
}

extension Mesos_V1_ExecutorInfo {
    static var custom: Self {
        .with { info in
            info.executorID.value = "exec"
            info.type = .custom
            info.command.value = "./executor"
            info.resources = [.scalar("cpus", 0.1), .scalar("mem", 64)]
        }
    }
}

extension Mesos_V1_TaskStatus {
    /// An update as an executor makes it; the same number gives the same uuid.
    static func made(_ task: String, _ state: Mesos_V1_TaskState, _ number: UInt8 = 1) -> Self {
        .with { status in
            status.taskID.value = task
            status.state = state
            status.source = .executor
            status.uuid = Data([UInt8(state.rawValue), number] + [UInt8](repeating: 7, count: 14))
        }
    }
}

extension Mesos_V1_FrameworkInfo {
    static func checkpointing(_ capabilities: [Mesos_V1_FrameworkInfo.Capability.TypeEnum] = [.partitionAware]) -> Self {
        var info = sample(capabilities)
        info.checkpoint = true
        return info
    }
}
