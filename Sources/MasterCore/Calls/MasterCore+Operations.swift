import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// Operations on resources other than launches. None is built yet, so the master knows of none: each one in an ACCEPT
/// ends as OPERATION_ERROR, which is told to a framework that gave it an id.
extension MasterCore {
    /// Refuses an operation on claimed resources, for a rule that it breaks or because it is not built.
    mutating func refuse(_ operation: Mesos_V1_Offer.Operation, on claim: OfferClaim, from id: FrameworkID) {
        let agent = state.agents[claim.agent]
        let ground = OperationGround(
            framework: claim.framework,
            roles: state.frameworks[id]?.roles ?? [],
            role: claim.role,
            agent: Set(agent?.capabilities.map(\.type) ?? [])
        )
        do throws(Problem) {
            try OperationValidation.check(operation, on: ground)
            throw Problem("the operation \(operation.type.name) is not built yet in Agora; nothing was changed, its resources are declined")
        } catch {
            fail(operation, from: id, because: error)
        }
    }

    /// Counts, logs and, where the framework asked for it, tells that an operation was not applied.
    mutating func fail(_ operation: Mesos_V1_Offer.Operation, from id: FrameworkID, because problem: Problem) {
        state.counters.operations[OperationEnd(type: operation.type, state: .operationError), default: 0] += 1
        log(
            .warning,
            "operation not applied",
            ["framework": id.value, "operation": operation.type.name, "id": operation.id.value.shortened, "reason": problem.description]
        )
        guard operation.hasID else { return }
        tell(id, operation.id, .operationError, problem.description)
    }

    /// Tells the scheduler the state of operations it names. Without names it asks for all that are known: there are none.
    mutating func reconcileOperations(_ call: Mesos_V1_Scheduler_Call.ReconcileOperations, for id: FrameworkID) {
        for operation in call.operations {
            let agent = operation.hasAgentID ? AgentID(operation.agentID) : nil
            let (end, message) = absentOperation(on: agent)
            tell(id, operation.operationID, end, message) { status in
                if operation.hasAgentID { status.agentID = operation.agentID }
                if operation.hasResourceProviderID { status.resourceProviderID = operation.resourceProviderID }
            }
        }
    }

    /// What can be said of an operation that nobody knows depends on its agent, if that is named.
    private func absentOperation(on agent: AgentID?) -> (Mesos_V1_OperationState, String) {
        guard let agent else { return (.operationUnknown, "the operation is unknown, and no agent_id was given") }
        if state.agents[agent] != nil { return (.operationUnknown, "the operation is unknown") }
        if state.unreachableAgents[agent] != nil { return (.operationUnreachable, "the operation's agent is unreachable") }
        return (.operationUnknown, "the operation and its agent are unknown")
    }

    /// The master sends no statuses of operations that are to be acknowledged, so this can be about none of them.
    mutating func acknowledgeOperation(_ call: Mesos_V1_Scheduler_Call.AcknowledgeOperationStatus, from id: FrameworkID) {
        state.counters.invalidOperationAcknowledgements += 1
        log(
            .warning,
            "acknowledgement of an operation's status dropped: the operation is unknown",
            ["framework": id.value, "agent": call.agentID.value.shortened, "operation": call.operationID.value.shortened]
        )
    }

    private mutating func tell(
        _ framework: FrameworkID,
        _ operation: Mesos_V1_OperationID,
        _ end: Mesos_V1_OperationState,
        _ message: String,
        _ fill: (inout Mesos_V1_OperationStatus) -> Void = { _ in }
    ) {
        guard let stream = state.frameworks[framework]?.stream else { return }
        var status = Mesos_V1_OperationStatus()
        status.operationID = operation
        status.state = end
        status.message = message
        fill(&status)
        emit(.sendToScheduler(stream, .operationUpdate(status)))
    }
}
