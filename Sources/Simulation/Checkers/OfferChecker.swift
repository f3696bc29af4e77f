import Allocation
import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// Offers are made of what is free, of agents that are there, to schedulers that are there and want them; each once; and
/// nothing is offered before the time is over for which it was refused.
struct OfferChecker: Sendable {
    private struct Place: Hashable {
        let framework: FrameworkID
        let agent: AgentID
        let role: RoleName
    }

    private struct Refused {
        let resources: Resources
        let until: Timestamp
    }

    /// How many were made.
    private(set) var count = 0
    private var seen: Set<OfferID> = []
    private var refused: [Place: [Refused]] = [:]
    /// Declined in this batch; the times begin when it is carried out.
    private var declined: [(place: Place, resources: Resources, filter: RefuseFilter)] = []

    mutating func forgetAll() {
        refused = [:]
        declined = []
    }

    /// Notes what is declined, and what makes earlier refusals void.
    mutating func masterHears(_ input: MasterInput, core: MasterCore) {
        switch input {
        case .schedulerCall(let call, let token, _):
            let id = FrameworkID(call.frameworkID.value)
            guard case .connected(let stream) = core.state.frameworks[id]?.connection, stream.token == token else { return }
            schedulerCalls(call, id, core)
        case .schedulerSubscribe(_, let call): forget(FrameworkID(call.subscribe.frameworkInfo.id.value))
        case .agentSubscribe(_, let call):
            let id = AgentID(call.subscribe.agent.id.value)
            refused = refused.filter { $0.key.agent != id }
            declined.removeAll { $0.place.agent == id }
        default: break
        }
    }

    private mutating func schedulerCalls(_ call: Mesos_V1_Scheduler_Call, _ id: FrameworkID, _ core: MasterCore) {
        switch call.type {
        case .revive: forget(id)
        case .decline: refuse(call.decline.offerIds, call.decline.hasFilters ? call.decline.filters.refuseSeconds : nil, id, core)
        case .accept:
            // What its launches leave is refused too; how much that is, others decide. It counts, that is enough.
            let seconds = call.accept.hasFilters ? call.accept.filters.refuseSeconds : nil
            refuse(call.accept.offerIds, seconds, id, core, isRest: true)
        default: break
        }
    }

    private mutating func refuse(
        _ offers: [Mesos_V1_OfferID],
        _ seconds: Double?,
        _ id: FrameworkID,
        _ core: MasterCore,
        isRest: Bool = false
    ) {
        for offer in offers.compactMap({ core.state.offers[OfferID($0.value)] }) where offer.framework == id {
            let place = Place(framework: id, agent: offer.agent, role: offer.role)
            declined.append((place, isRest ? .empty : offer.resources, RefuseFilter(seconds: seconds)))
        }
    }

    private mutating func forget(_ framework: FrameworkID) {
        refused = refused.filter { $0.key.framework != framework }
        declined.removeAll { $0.place.framework == framework }
    }

    mutating func check(_ core: MasterCore, _ effects: [MasterEffect], at clock: Timestamp) -> [String] {
        var problems: [String] = []
        for refusal in declined {
            let until = clock + refusal.filter.duration
            refused[refusal.place, default: []].append(Refused(resources: refusal.resources, until: until))
            forgetFirst(at: refusal.place)
        }
        declined = []
        for effect in effects {
            guard case .sendToScheduler(let stream, .offers(let offers)) = effect else { continue }
            for offer in offers { problems += check(offer, on: stream, core, at: clock) }
        }
        return problems
    }

    /// The allocator remembers so many refusals at a place; then it forgets the one that ends first.
    private mutating func forgetFirst(at place: Place) {
        guard let all = refused[place], all.count > Self.maximumRefusals, let first = all.map(\.until).min() else { return }
        refused[place]?.removeAll { $0.until == first }
    }

    private static let maximumRefusals = 8

    private mutating func check(_ offer: OfferEntry, on stream: StreamID, _ core: MasterCore, at clock: Timestamp) -> [String] {
        count += 1
        var problems: [String] = []
        let framework = core.state.frameworks[offer.framework]
        if !seen.insert(offer.id).inserted { problems.append("was made before") }
        if framework?.stream != stream { problems.append("goes to a stream that is not \(offer.framework)'s") }
        if framework?.roles.contains(offer.role) != true { problems.append("is for \(offer.role), which is not \(offer.framework)'s") }
        if framework?.suppressed.contains(offer.role) == true { problems.append("is for \(offer.role), which is suppressed") }
        let agent = core.state.agents[offer.agent]
        if agent?.stream == nil { problems.append("is of \(offer.agent), which is not there") }
        if let agent, !agent.total.contains(offer.resources.unallocated()) { problems.append("is more than \(offer.agent) has") }
        let place = Place(framework: offer.framework, agent: offer.agent, role: offer.role)
        refused[place]?.removeAll { $0.until <= clock }
        if let refusal = refused[place]?.first(where: { $0.resources.contains(offer.resources) }) {
            problems.append("of \(offer.agent) was refused by \(offer.framework) for another \((refusal.until - clock) / .seconds(1)) s")
        }
        return problems.map { "offer \(offer.id) \($0)" }
    }
}
