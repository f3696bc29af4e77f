import Cluster
public import MesosAPI
public import MesosMessages
import SwiftProtobuf

/// The rules on executor calls that need no knowledge of the agent (Mesos: `common/validation.cpp`, executor call).
public enum ExecutorCallValidation {
    /// - Throws: 400 for a call that breaks a rule, 501 for one of no known type.
    public static func check(_ call: Mesos_V1_Executor_Call) throws(Refusal) {
        guard call.hasType else { throw Refusal(400, "type: missing; it says which call this is, such as SUBSCRIBE") }
        switch call.type {
        case .heartbeat: return
        case .unknown: throw Refusal(501, "type: UNKNOWN is no call of the executor API")
        case .subscribe:
            guard call.hasSubscribe else { throw Refusal(400, "subscribe: missing; a call of type SUBSCRIBE must carry it") }
        case .update:
            guard call.hasUpdate else { throw Refusal(400, "update: missing; a call of type UPDATE must carry it") }
            try check(call.update.status, from: call.executorID.value)
        case .message:
            guard call.hasMessage else { throw Refusal(400, "message: missing; a call of type MESSAGE must carry it") }
            guard call.message.data.count <= ExecutorOptions.messageBytes else {
                throw Refusal(400, "message.data: has \(call.message.data.count) bytes; \(ExecutorOptions.messageBytes) are allowed")
            }
        }
        try checkIDs(of: call)
    }

    private static func checkIDs(of call: Mesos_V1_Executor_Call) throws(Refusal) {
        do { _ = try ExecutorID(validating: call.executorID.value) } catch { throw Refusal(400, "executor_id: \(error)") }
        do { _ = try FrameworkID(validating: call.frameworkID.value) } catch { throw Refusal(400, "framework_id: \(error)") }
    }

    /// An update as an executor may make it.
    static func check(_ status: Mesos_V1_TaskStatus, from executor: String) throws(Refusal) {
        guard status.hasUuid else {
            throw Refusal(400, "update.status.uuid: missing; give each update 16 bytes of its own, a UUID of RFC 4122")
        }
        guard status.uuid.count == 16 else {
            throw Refusal(400, "update.status.uuid: has \(status.uuid.count) bytes; a UUID of RFC 4122 has 16")
        }
        guard !status.hasExecutorID || status.executorID.value == executor else {
            throw Refusal(400, "update.status.executor_id: \"\(status.executorID.value.prefix(255))\" is not the caller; leave it out")
        }
        guard status.source == .executor else {
            throw Refusal(400, "update.status.source: must be SOURCE_EXECUTOR in what an executor says")
        }
        do { _ = try TaskID(validating: status.taskID.value) } catch { throw Refusal(400, "update.status.task_id: \(error)") }
        guard allowedStates.contains(status.state) else {
            throw Refusal(400, "update.status.state: is none that an executor gives; TASK_STARTING, TASK_RUNNING or an end are")
        }
        if status.hasCheckStatus { try check(status.checkStatus) }
        let size = (try? status.serializedData(partial: true).count) ?? .max
        guard size <= ExecutorOptions.updateBytes else {
            throw Refusal(400, "update.status: has \(size) bytes; \(ExecutorOptions.updateBytes) are allowed, put large results elsewhere")
        }
    }

    private static func check(_ status: Mesos_V1_CheckStatusInfo) throws(Refusal) {
        let isComplete =
            switch status.type {
            case .command: status.hasCommand
            case .http: status.hasHTTP
            case .tcp: status.hasTcp
            case .unknown: false
            }
        guard isComplete else {
            throw Refusal(400, "update.status.check_status: needs a type, COMMAND, HTTP or TCP, and the field of that name")
        }
    }

    private static let allowedStates: Set<Mesos_V1_TaskState> = [
        .taskStarting, .taskRunning, .taskKilling, .taskFinished, .taskFailed, .taskKilled, .taskError, .taskLost, .taskDropped, .taskGone,
    ]
}
