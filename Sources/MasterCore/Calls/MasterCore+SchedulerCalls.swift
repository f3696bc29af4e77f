import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// A scheduler's call other than SUBSCRIBE. The rules that hold for all of them come first.
    ///
    /// - Returns: the status to answer.
    mutating func carryOut(_ call: Mesos_V1_Scheduler_Call, token: String?) throws(Refusal) -> Int {
        count(call)
        let id = FrameworkID(call.frameworkID)
        let stream = try connectedStream(of: id)
        try Self.check(token, against: stream.token)
        try perform(call, for: id)
        return call.type == .updateFramework ? 200 : 202
    }

    private mutating func perform(_ call: Mesos_V1_Scheduler_Call, for id: FrameworkID) throws(Refusal) {
        switch call.type {
        case .accept: accept(call.accept, from: id)
        case .decline: decline(call.decline, from: id)
        case .revive: revive(call.revive.roles, of: id)
        case .suppress: suppress(call.suppress.roles, of: id)
        case .kill: kill(call.kill, for: id)
        case .acknowledge: acknowledge(call.acknowledge, from: id)
        case .reconcile: reconcile(call.reconcile, for: id)
        case .teardown: tearDown(id, because: "TEARDOWN")
        case .request: break  // A hint; like the hierarchical allocator of Mesos, ours goes by what is declined.
        case .acceptInverseOffers: acceptInverseOffers(call.acceptInverseOffers.inverseOfferIds, from: id)
        case .declineInverseOffers: decline(call.declineInverseOffers, from: id)
        case .shutdown: shutdown(call.shutdown, for: id)
        case .acknowledgeOperationStatus: acknowledgeOperation(call.acknowledgeOperationStatus, from: id)
        case .reconcileOperations: reconcileOperations(call.reconcileOperations, for: id)
        case .message: message(call.message, from: id)
        case .updateFramework: try updateFramework(call.updateFramework, of: id)
        case .subscribe, .unknown: throw .invalid("type: this call opens no stream here; send SUBSCRIBE as a request of its own")
        }
    }

    private func connectedStream(of id: FrameworkID) throws(Refusal) -> NewStream {
        guard let framework = state.frameworks[id] else {
            throw .invalid(
                "framework_id: no framework '\(id.value.prefix(255))' is known; it was torn down or never subscribed. Subscribe again"
            )
        }
        guard case .connected(let stream) = framework.connection else {
            throw Refusal(403, "framework '\(id)' is not subscribed; open its stream by SUBSCRIBE with this framework_id first")
        }
        return stream
    }

    /// The rule on `Mesos-Stream-Id` for all calls but SUBSCRIBE.
    static func check(_ token: String?, against expected: String) throws(Refusal) {
        guard let token else {
            throw .invalid("Mesos-Stream-Id: the header is missing; send the one that the answer to SUBSCRIBE carried")
        }
        guard token == expected else {
            throw .invalid(
                "Mesos-Stream-Id: '\(token.prefix(128))' is not the current subscription's; a newer one may have taken its place"
            )
        }
    }

    /// Counts a call by its type.
    mutating func count(_ call: Mesos_V1_Scheduler_Call) {
        state.counters.calls[call.type, default: 0] += 1
    }

    private mutating func revive(_ names: [String], of id: FrameworkID) {
        guard let roles = roles(names, of: id, "REVIVE") else { return }
        state.frameworks[id]?.suppressed.subtract(roles)
        reviveInAllocator(id, roles)
    }

    private mutating func suppress(_ names: [String], of id: FrameworkID) {
        guard let roles = roles(names, of: id, "SUPPRESS") else { return }
        state.frameworks[id]?.suppressed.formUnion(roles)
        suppressInAllocator(id, roles)
    }

    /// The framework's roles of these names; all of them when none is named. If it does not have one of them, the whole
    /// call is dropped, as in Mesos.
    private mutating func roles(_ names: [String], of id: FrameworkID, _ call: String) -> [RoleName]? {
        guard let own = state.frameworks[id]?.roles, !own.isEmpty else { return nil }
        guard !names.isEmpty else { return own }
        let wanted = Set(names)
        let found = own.filter { wanted.contains($0.value) }
        guard found.count == wanted.count else {
            let other = names.first { name in !own.contains { $0.value == name } } ?? ""
            log(.warning, "\(call) dropped: it names a role that the framework does not have", ["framework": id.value, "role": other])
            return nil
        }
        return found
    }
}
