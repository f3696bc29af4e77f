import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// An operator's call that changes something.
    mutating func carryOut(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        switch call.type {
        case .markAgentGone: try markGone(AgentID(call.markAgentGone.agentID))
        case .drainAgent: try drain(call.drainAgent)
        case .deactivateAgent: try deactivate(AgentID(call.deactivateAgent.agentID))
        case .reactivateAgent: try reactivate(AgentID(call.reactivateAgent.agentID))
        case .updateMaintenanceSchedule: try updateSchedule(call.updateMaintenanceSchedule.schedule)
        case .startMaintenance: try startMaintenance(call.startMaintenance.machines)
        case .stopMaintenance: try stopMaintenance(call.stopMaintenance.machines)
        case .teardown: try tearDown(byOperator: FrameworkID(call.teardown.frameworkID))
        default: throw .notBuilt("the call \(call.type.name)")
        }
    }

    private mutating func tearDown(byOperator id: FrameworkID) throws(Refusal) {
        guard state.frameworks[id] != nil else {
            throw .invalid("teardown.framework_id: no framework '\(id.value.shortened)' is known here; GET_FRAMEWORKS lists those that are")
        }
        tearDown(id, because: "an operator's TEARDOWN")
    }
}
