import Cluster
public import MesosAPI
public import MesosMessages

/// The rules on a scheduler's call that need no knowledge of the cluster, so that they are checked before the call
/// waits for the core. What breaks one of them is answered 400 (Mesos: `master/validation.cpp`, scheduler calls).
public enum SchedulerCallValidation {
    /// Throws the refusal of a call that breaks a rule.
    public static func check(_ call: Mesos_V1_Scheduler_Call) throws(Refusal) {
        guard call.hasType else { throw .invalid("type: missing or unknown; it names what the call is to do, such as SUBSCRIBE") }
        if call.type == .unknown { throw Refusal(501, "type: UNKNOWN is no call of the scheduler API") }
        try checkBody(call)
        if call.type == .subscribe { return try checkSubscribe(call) }
        guard call.hasFrameworkID else { throw .invalid("framework_id: missing; every call but SUBSCRIBE must carry it") }
        if call.type == .accept { try checkOperations(call.accept.operations) }
        if call.type == .acknowledge { try checkUUID(call.acknowledge.uuid, of: "acknowledge.uuid") }
        if call.type == .acknowledgeOperationStatus { try checkAcknowledgement(call.acknowledgeOperationStatus) }
        if call.type == .updateFramework { try checkUpdate(call) }
        if call.type == .revive { try checkRoles(call.revive.roles, of: "revive.roles") }
        if call.type == .suppress { try checkRoles(call.suppress.roles, of: "suppress.roles") }
    }

    private static func checkBody(_ call: Mesos_V1_Scheduler_Call) throws(Refusal) {
        let (isThere, name) = body(of: call)
        guard isThere else { throw .invalid("\(name): missing; a call of type \(name.uppercased()) must carry it") }
    }

    /// Whether the sub-message that belongs to the type is there, and its name. REVIVE and SUPPRESS may go without:
    /// they then mean all roles.
    private static func body(of call: Mesos_V1_Scheduler_Call) -> (isThere: Bool, name: String) {
        switch call.type {
        case .subscribe: (call.hasSubscribe, "subscribe")
        case .accept: (call.hasAccept, "accept")
        case .decline: (call.hasDecline, "decline")
        case .acceptInverseOffers: (call.hasAcceptInverseOffers, "accept_inverse_offers")
        case .declineInverseOffers: (call.hasDeclineInverseOffers, "decline_inverse_offers")
        case .kill: (call.hasKill, "kill")
        case .shutdown: (call.hasShutdown, "shutdown")
        case .acknowledge: (call.hasAcknowledge, "acknowledge")
        case .acknowledgeOperationStatus: (call.hasAcknowledgeOperationStatus, "acknowledge_operation_status")
        case .reconcile: (call.hasReconcile, "reconcile")
        case .reconcileOperations: (call.hasReconcileOperations, "reconcile_operations")
        case .message: (call.hasMessage, "message")
        case .request: (call.hasRequest, "request")
        case .updateFramework: (call.hasUpdateFramework, "update_framework")
        case .revive, .suppress, .teardown, .unknown: (true, "")
        }
    }

    private static func checkSubscribe(_ call: Mesos_V1_Scheduler_Call) throws(Refusal) {
        let info = call.subscribe.frameworkInfo
        let outer = call.hasFrameworkID ? call.frameworkID.value : ""
        let inner = info.hasID ? info.id.value : ""
        guard outer == inner else {
            throw .invalid("framework_id: '\(outer)' differs from subscribe.framework_info.id '\(inner)'; set both alike or neither")
        }
    }

    private static func checkUpdate(_ call: Mesos_V1_Scheduler_Call) throws(Refusal) {
        let (outer, inner) = (call.frameworkID.value, call.updateFramework.frameworkInfo.id.value)
        guard outer == inner else {
            throw .invalid("framework_id: '\(outer.shortened)' differs from update_framework.framework_info.id '\(inner.shortened)'")
        }
    }

    private static func checkAcknowledgement(_ call: Mesos_V1_Scheduler_Call.AcknowledgeOperationStatus) throws(Refusal) {
        try checkUUID(call.uuid, of: "acknowledge_operation_status.uuid")
        guard call.hasAgentID else {
            throw .invalid("acknowledge_operation_status.agent_id: missing; it names the agent whose status is acknowledged")
        }
    }

    /// What cannot even be told apart is refused before any operation of the call is applied.
    private static func checkOperations(_ operations: [Mesos_V1_Offer.Operation]) throws(Refusal) {
        for (index, operation) in operations.enumerated() {
            let path = "accept.operations[\(index)]"
            guard operation.hasType, operation.type != .unknown else {
                throw .invalid("\(path).type: missing or unknown; it names what to do with the offers, such as LAUNCH")
            }
            switch operation.type {
            case .launch where !operation.hasLaunch: throw .invalid("\(path).launch: missing; an operation of type LAUNCH must carry it")
            case .launchGroup where !operation.hasLaunchGroup:
                throw .invalid("\(path).launch_group: missing; an operation of type LAUNCH_GROUP must carry it")
            default: break
            }
        }
    }

    private static func checkUUID(_ uuid: some Collection<UInt8>, of field: String) throws(Refusal) {
        guard uuid.count == 16 else { throw .invalid("\(field): \(uuid.count) bytes; a uuid has 16, as the event carried it") }
    }

    private static func checkRoles(_ roles: [String], of field: String) throws(Refusal) {
        for role in roles {
            do { _ = try RoleName(validating: role) } catch { throw .invalid("\(field): \(error)") }
        }
    }
}
