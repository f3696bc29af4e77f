import Cluster
import Foundation
import MasterCore
import MesosAPI
import MesosMessages

/// Effects of a master as lines of a conversation: `name < EVENT …`, `name | closed`, `= status`.
enum EffectWords {
    static func line(for effect: MasterEffect, _ names: [StreamID: String]) -> String? {
        switch effect {
        case .sendToScheduler(let stream, let event): words(for: event).map { "\(names[stream] ?? "?") < \($0)" }
        case .sendToAgent(let stream, let event): words(for: event).map { "\(names[stream] ?? "?") < \($0)" }
        case .answer(_, let status, _): "= \(status)"
        case .closeStream(let stream): "\(names[stream] ?? "?") | closed"
        case .log, .persist, .abort, .greetOperators, .tellOperators, .closeOperatorStream: nil
        }
    }

    private static func words(for event: SchedulerEvent) -> String? {
        switch event {
        case .subscribed(let id, _, _): "SUBSCRIBED \(id)"
        case .offers(let offers):
            "OFFERS " + offers.map { "\($0.id) of \($0.agent): \($0.resources.unallocated())" }.joined(separator: ", ")
        case .rescind(let id): "RESCIND \(id)"
        case .inverseOffers(let offers): "INVERSE_OFFERS " + offers.map { "\($0.id) of \($0.agent)" }.joined(separator: ", ")
        case .rescindInverse(let id): "RESCIND_INVERSE_OFFER \(id)"
        case .update(let status): words(for: status)
        case .operationUpdate(let status): "UPDATE_OPERATION_STATUS \(status.operationID.value) \(status.state.name)"
        case .message(let agent, let executor, let data): "MESSAGE \(agent) \(executor) \(String(decoding: data, as: UTF8.self))"
        case .agentLost(let id): "FAILURE \(id)"
        case .executorLost(let agent, let executor, let status): "FAILURE \(agent) \(executor) \(status)"
        case .error: "ERROR"
        case .heartbeat: nil
        }
    }

    private static func words(for status: Mesos_V1_TaskStatus) -> String {
        let head = "UPDATE \(status.taskID.value) \(status.state.name) by \(status.source.name)"
        if status.hasUuid { return "\(head), uuid \(status.uuid.first ?? 0)" }
        return "\(head), \(status.reason.name)"
    }

    private static func words(for event: AgentEvent) -> String? {
        switch event {
        case .subscribed(let id, _, _): "SUBSCRIBED \(id)"
        case .launch(_, _, let tasks): "LAUNCH " + tasks.map(\.taskID.value).joined(separator: " ")
        case .launchOn(let executor, _, let task): "LAUNCH \(task.taskID.value) on \(executor.executorID.value)"
        case .shutdownExecutor(_, let executor): "SHUTDOWN_EXECUTOR \(executor)"
        case .message(_, let executor, let data): "MESSAGE \(executor) \(String(decoding: data, as: UTF8.self))"
        case .updateFramework(let info): "UPDATE_FRAMEWORK \(info.roles.joined(separator: " "))"
        case .join(_, let executor, let tasks):
            "LAUNCH \(tasks.map(\.taskID.value).joined(separator: " ")) in \(executor.executorID.value)"
        case .kill(_, let task, _): "KILL \(task)"
        case .acknowledge(_, let task, let uuid): "ACKNOWLEDGE \(task) \(uuid.first ?? 0)"
        case .shutdownFramework(let id): "SHUTDOWN_FRAMEWORK \(id)"
        case .shutdown: "SHUTDOWN"
        case .drain(let drain): drain == nil ? "DRAIN over" : "DRAIN"
        case .heartbeat: nil
        case .error: "ERROR"
        }
    }
}
