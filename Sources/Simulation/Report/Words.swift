import Cluster
import MesosAPI
import MesosMessages

/// Messages in the few words that a reader of a history needs.
enum Words {
    static func of(_ call: Agora_V1_AgentCall) -> String {
        switch call.type {
        case .updateStatus: "UPDATE_STATUS " + call.updateStatus.updates.map { of($0.status) }.joined(separator: ", ")
        case .executorExited: "EXECUTOR_EXITED \(call.executorExited.executorID.value)"
        case .subscribe: "SUBSCRIBE \(call.subscribe.agent.id.value) with \(call.subscribe.tasks.map(\.taskID.value))"
        default: "\(call.type)".uppercased()
        }
    }

    static func of(_ status: Mesos_V1_TaskStatus) -> String {
        let uuid = status.hasUuid ? " \(short(status.uuid))" : " (\(status.reason.name))"
        return "\(status.taskID.value) \(status.state.name)\(uuid)"
    }

    static func of(_ event: Agora_V1_AgentEvent) -> String {
        switch event.type {
        case .subscribed: "SUBSCRIBED \(event.subscribed.agentID.value)"
        case .launch: "LAUNCH \(event.launch.isGroup ? "group " : "")" + event.launch.tasks.map(\.taskID.value).joined(separator: " ")
        case .kill: "KILL \(event.kill.taskID.value)"
        case .acknowledge: "ACKNOWLEDGE \(event.acknowledge.taskID.value) \(short(event.acknowledge.uuid))"
        case .shutdownFramework: "SHUTDOWN_FRAMEWORK \(event.shutdownFramework.frameworkID.value)"
        case .error: "ERROR \(event.error.message)"
        default: "\(event.type)".uppercased()
        }
    }

    static func of(_ call: Mesos_V1_Scheduler_Call) -> String {
        let type = call.type.name
        switch call.type {
        case .accept: return "\(type) \(names(call.accept.offerIds)) launching " + launches(call.accept.operations)
        case .decline: return "\(type) \(names(call.decline.offerIds)) for \(call.decline.filters.refuseSeconds) s"
        case .kill: return "\(type) \(call.kill.taskID.value)"
        case .acknowledge: return "\(type) \(call.acknowledge.taskID.value) \(short(call.acknowledge.uuid))"
        case .reconcile: return "\(type) \(call.reconcile.tasks.map(\.taskID.value).joined(separator: " "))"
        default: return type
        }
    }

    private static func launches(_ operations: [Mesos_V1_Offer.Operation]) -> String {
        operations.map { operation in
            guard operation.type == .launchGroup else { return operation.launch.taskInfos.map(\.taskID.value).joined(separator: " ") }
            let tasks = operation.launchGroup.taskGroup.tasks.map(\.taskID.value).joined(separator: " ")
            return "group \(tasks) in \(operation.launchGroup.executor.executorID.value)"
        }.joined(separator: ", ")
    }

    static func of(_ event: Mesos_V1_Scheduler_Event) -> String {
        switch event.type {
        case .subscribed: "SUBSCRIBED \(event.subscribed.frameworkID.value)"
        case .offers: "OFFERS " + event.offers.offers.map { "\($0.id.value) of \($0.agentID.value)" }.joined(separator: ", ")
        case .rescind: "RESCIND \(event.rescind.offerID.value)"
        case .update: "UPDATE " + of(event.update.status)
        case .failure: "FAILURE \(event.failure.agentID.value) \(event.failure.executorID.value)"
        case .error: "ERROR \(event.error.message)"
        default: "\(event.type)".uppercased()
        }
    }

    private static func names(_ offers: [Mesos_V1_OfferID]) -> String { offers.map(\.value).joined(separator: " ") }

    /// The first bytes of a uuid: enough to tell them apart.
    static func short(_ uuid: some Sequence<UInt8>) -> String {
        uuid.prefix(3).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
