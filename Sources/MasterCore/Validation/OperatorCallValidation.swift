import Cluster
public import MesosAPI
public import MesosMessages
import SwiftProtobuf

/// The rules on an operator's call that changes something which need no knowledge of the cluster.
public enum OperatorCallValidation {
    /// Whether a call changes something, so that it is the core's to carry out.
    public static func isChange(_ type: Mesos_V1_Master_Call.TypeEnum) -> Bool {
        switch type {
        case .markAgentGone, .teardown, .drainAgent, .deactivateAgent, .reactivateAgent, .updateMaintenanceSchedule, .startMaintenance,
            .stopMaintenance:
            true
        default: false
        }
    }

    /// Throws the refusal of a call that breaks a rule.
    public static func check(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        switch call.type {
        case .markAgentGone:
            try checkBody(call.hasMarkAgentGone, "mark_agent_gone")
            try check(AgentID.self, call.markAgentGone.agentID.value, "mark_agent_gone.agent_id")
        case .drainAgent:
            try checkBody(call.hasDrainAgent, "drain_agent")
            try check(AgentID.self, call.drainAgent.agentID.value, "drain_agent.agent_id")
            try checkGrace(call.drainAgent)
        case .deactivateAgent:
            try checkBody(call.hasDeactivateAgent, "deactivate_agent")
            try check(AgentID.self, call.deactivateAgent.agentID.value, "deactivate_agent.agent_id")
        case .reactivateAgent:
            try checkBody(call.hasReactivateAgent, "reactivate_agent")
            try check(AgentID.self, call.reactivateAgent.agentID.value, "reactivate_agent.agent_id")
        case .teardown:
            try checkBody(call.hasTeardown, "teardown")
            try check(FrameworkID.self, call.teardown.frameworkID.value, "teardown.framework_id")
        case .updateMaintenanceSchedule: try checkBody(call.hasUpdateMaintenanceSchedule, "update_maintenance_schedule")
        case .startMaintenance: try checkBody(call.hasStartMaintenance, "start_maintenance")
        case .stopMaintenance: try checkBody(call.hasStopMaintenance, "stop_maintenance")
        default: break
        }
    }

    private static func checkGrace(_ drain: Mesos_V1_Master_Call.DrainAgent) throws(Refusal) {
        let grace = drain.maxGracePeriod
        guard grace.seconds >= 0, (0..<1_000_000_000).contains(grace.nanos) else {
            throw .invalid("drain_agent.max_grace_period: must be 0 or more")
        }
    }

    private static func checkBody(_ isThere: Bool, _ name: String) throws(Refusal) {
        guard isThere else { throw .invalid("\(name): missing; a call of type \(name.uppercased()) must carry it") }
    }

    private static func check<ID: Identifier>(_ type: ID.Type, _ value: String, _ field: String) throws(Refusal) {
        do { _ = try ID(validating: value) } catch { throw .invalid("\(field): \(error)") }
    }
}
