import Cluster
public import MesosAPI
public import MesosMessages

/// The rules on an operator's call that changes something which need no knowledge of the cluster.
public enum OperatorCallValidation {
    /// Whether a call changes something, so that it is the core's to carry out.
    public static func isChange(_ type: Mesos_V1_Master_Call.TypeEnum) -> Bool {
        type == .markAgentGone
    }

    /// Throws the refusal of a call that breaks a rule.
    public static func check(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        guard call.type == .markAgentGone else { return }
        guard call.hasMarkAgentGone else { throw .invalid("mark_agent_gone: missing; a call of type MARK_AGENT_GONE must carry it") }
        do {
            _ = try AgentID(validating: call.markAgentGone.agentID.value)
        } catch {
            throw .invalid("mark_agent_gone.agent_id: \(error)")
        }
    }
}
