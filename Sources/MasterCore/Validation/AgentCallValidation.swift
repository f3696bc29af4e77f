import Cluster
public import MesosAPI
public import MesosMessages

/// The rules on an agent's call that need no knowledge of the cluster (proto/agora/v1/link.proto).
public enum AgentCallValidation {
    /// Throws the refusal of a call that breaks a rule.
    public static func check(_ call: Agora_V1_AgentCall) throws(Refusal) {
        guard call.hasType else { throw .invalid("type: missing or unknown; it names what the call is to do, such as SUBSCRIBE") }
        switch call.type {
        case .unknown: throw Refusal(501, "type: UNKNOWN is no call of an agent")
        case .subscribe where !call.hasSubscribe: throw .invalid("subscribe: missing; a call of type SUBSCRIBE must carry it")
        case .updateStatus where !call.hasUpdateStatus: throw .invalid("update_status: missing; a call of type UPDATE_STATUS must carry it")
        case .executorExited where !call.hasExecutorExited:
            throw .invalid("executor_exited: missing; a call of type EXECUTOR_EXITED must carry it")
        case .message where !call.hasMessage: throw .invalid("message: missing; a call of type MESSAGE must carry it")
        case .subscribe: break
        default:
            guard call.hasAgentID else { throw .invalid("agent_id: missing; every call but SUBSCRIBE must carry it") }
        }
    }
}
