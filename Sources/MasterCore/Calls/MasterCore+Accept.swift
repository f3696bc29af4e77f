import Allocation
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// The offers of one ACCEPT, taken together: what is left of them shrinks with each launch.
struct OfferClaim {
    let agent: AgentID
    let role: RoleName

    /// The agent's stream, and who launches: the same for all tasks, so looked up once.
    let stream: StreamID?
    let framework: Mesos_V1_FrameworkInfo

    var remaining: Resources
}

extension MasterCore {
    /// Applies operations to offers, in order; what they leave is declined with the call's filters.
    mutating func accept(_ accept: Mesos_V1_Scheduler_Call.Accept, from id: FrameworkID) {
        let offers = take(accept.offerIds, of: id)
        state.counters.offersAccepted += offers.count
        do throws(Problem) {
            var claim = try claim(offers, named: accept.offerIds, for: id)
            for operation in accept.operations { perform(operation, on: &claim, for: id) }
            recover(claim.remaining, of: id, on: claim.agent, filter: accept.refuseFilter)
        } catch {
            for offer in offers { recover(offer.resources, of: id, on: offer.agent, filter: nil) }
            drop(accept.operations, from: id, because: error)
        }
    }

    /// Returns offers; agents and roles of these offers are kept from the framework for a while.
    mutating func decline(_ decline: Mesos_V1_Scheduler_Call.Decline, from id: FrameworkID) {
        let filter = RefuseFilter(seconds: decline.hasFilters ? decline.filters.refuseSeconds : nil)
        for offer in take(decline.offerIds, of: id) {
            state.counters.offersDeclined += 1
            recover(offer.resources, of: id, on: offer.agent, filter: filter)
        }
    }

    /// Ends the framework's offers among these; others are passed over.
    private mutating func take(_ ids: [Mesos_V1_OfferID], of framework: FrameworkID) -> [OfferEntry] {
        ids.compactMap { id in
            guard let offer = state.offers[OfferID(id)], offer.framework == framework else { return nil }
            forget(offer)
            return offer
        }
    }

    /// Puts the offers of one ACCEPT together; they must all be there and of one agent and role.
    private func claim(
        _ offers: [OfferEntry],
        named ids: [Mesos_V1_OfferID],
        for framework: FrameworkID
    ) throws(Problem) -> OfferClaim {
        guard let first = offers.first, offers.count == ids.count else {
            if ids.isEmpty { throw Problem("no offers are named; name those to launch on") }
            let found = Set(offers.map(\.id.value))
            guard let gone = ids.first(where: { !found.contains($0.value) }) else {
                throw Problem("an offer is named twice; name each once")
            }
            throw Problem("offer '\(gone.value.prefix(255))' is not valid any more; launch on the next offer")
        }
        var claim = OfferClaim(
            agent: first.agent,
            role: first.role,
            stream: state.agents[first.agent]?.stream,
            framework: state.frameworks[framework]?.info ?? Mesos_V1_FrameworkInfo(),
            remaining: first.resources
        )
        for offer in offers.dropFirst() {
            guard offer.agent == claim.agent else {
                throw Problem("offers \(first.id) and \(offer.id) are of different agents; accept them one by one")
            }
            guard offer.role == claim.role else {
                throw Problem("offers \(first.id) and \(offer.id) are for different roles; accept them one by one")
            }
            claim.remaining += offer.resources
        }
        return claim
    }

    private mutating func perform(_ operation: Mesos_V1_Offer.Operation, on claim: inout OfferClaim, for id: FrameworkID) {
        switch operation.type {
        case .launch:
            for task in operation.launch.taskInfos { launch(task, of: operation, on: &claim, for: id) }
        case .launchGroup:
            launch(operation.launchGroup, of: operation, on: &claim, for: id)
        default:
            refuse(operation, on: claim, from: id)
        }
    }

    /// Tells the scheduler that nothing was launched because the offers were not valid.
    private mutating func drop(_ operations: [Mesos_V1_Offer.Operation], from id: FrameworkID, because problem: Problem) {
        guard let end = state.frameworks[id]?.lost(as: .taskDropped) else { return }
        let message = "launched with invalid offers: \(problem)"
        for operation in operations where !operation.isLaunch {
            fail(operation, from: id, because: Problem("accept.offer_ids: \(problem)"))
        }
        for task in operations.flatMap(\.tasks) {
            state.counters.endedTasks[end, default: 0] += 1
            let status = status(
                of: TaskID(task.taskID),
                agent: AgentID(task.agentID),
                end,
                .invalidOffers,
                message
            )
            state.counters.taskEnds[TaskEnd(status), default: 0] += 1
            tell(id, status)
        }
    }
}

extension Mesos_V1_Offer.Operation {
    fileprivate var isLaunch: Bool { type == .launch || type == .launchGroup }

    /// The tasks that the operation would launch.
    fileprivate var tasks: [Mesos_V1_TaskInfo] {
        type == .launchGroup ? launchGroup.taskGroup.tasks : launch.taskInfos
    }
}

extension Mesos_V1_Scheduler_Call.Accept {
    /// For how long what the operations leave is kept from the framework.
    fileprivate var refuseFilter: RefuseFilter {
        RefuseFilter(seconds: hasFilters ? filters.refuseSeconds : nil)
    }
}
