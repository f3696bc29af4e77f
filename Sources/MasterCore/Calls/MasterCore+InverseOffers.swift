import Allocation
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// Requests to leave agents whose machines are going to leave, and the answers: hints for operators, shown in
/// GET_MAINTENANCE_STATUS and kept in memory only.
extension MasterCore {
    /// Asks all frameworks that use an agent to leave it, if its machine is scheduled.
    mutating func askToLeave(_ id: AgentID) {
        guard let agent = state.agents[id], agent.unavailability != nil else { return }
        let users = Set(agent.tasks.map(\.framework)).union(agent.executors.keys.map(\.framework))
        for framework in users.sorted() { askToLeave(InverseOfferKey(agent: id, framework: framework)) }
    }

    /// Asks a framework that is connected again to leave all agents that it is to leave.
    mutating func askToLeave(by id: FrameworkID) {
        guard !state.maintenance.schedule.windows.isEmpty, let framework = state.frameworks[id] else { return }
        for agent in agents(running: framework) { askToLeave(InverseOfferKey(agent: agent, framework: id)) }
    }

    /// Asks once: not again until the answer was no and its filter is over.
    mutating func askToLeave(_ key: InverseOfferKey) {
        guard let agent = state.agents[key.agent], let unavailability = agent.unavailability else { return }
        guard state.inverseOffers[key] == nil, state.inverseAnswers[key] == nil else { return }
        guard let stream = state.frameworks[key.framework]?.stream else { return }
        let offer = InverseOfferEntry(
            id: names.offer(),
            framework: key.framework,
            agent: key.agent,
            url: agent.offerTemplate.url,
            unavailability: unavailability
        )
        state.inverseOffers[key] = offer
        inverseOfferKeys[offer.id] = key
        emit(.sendToScheduler(stream, .inverseOffers([offer])))
    }

    mutating func acceptInverseOffers(_ ids: [Mesos_V1_OfferID], from id: FrameworkID) {
        var passedOver = 0
        for offer in ids where answer(offer, from: id, .accept) == nil { passedOver += 1 }
        passOver(passedOver, ids, from: id, "inverse offers are not accepted: they are not valid any more")
    }

    mutating func decline(_ call: Mesos_V1_Scheduler_Call.DeclineInverseOffers, from id: FrameworkID) {
        let ids = call.inverseOfferIds
        let filter = RefuseFilter(seconds: call.hasFilters ? call.filters.refuseSeconds : nil)
        var passedOver = 0
        for offer in ids {
            if let key = answer(offer, from: id, .decline) {
                deadlines.set(.inverseOffer(key), at: now + filter.duration)
            } else {
                passedOver += 1
            }
        }
        passOver(passedOver, ids, from: id, "inverse offers are not declined: they are not valid any more")
    }

    /// The filter of an answer that was no is over: the framework is asked again if it is there still.
    mutating func askAgain(_ key: InverseOfferKey) {
        let agent = state.agents[key.agent]
        let isThere = agent.map { $0.tasks.contains { $0.framework == key.framework } } ?? false
        let hasExecutor = agent.map { $0.executors.keys.contains { $0.framework == key.framework } } ?? false
        guard isThere || hasExecutor, let answer = state.inverseAnswers[key] else { return }
        state.inverseAnswers[key] = nil
        askToLeave(key)
        // Until the next answer the old one is shown.
        state.inverseAnswers[key] = answer
    }

    private mutating func answer(
        _ id: Mesos_V1_OfferID,
        from framework: FrameworkID,
        _ status: Mesos_V1_Allocator_InverseOfferStatus.Status
    ) -> InverseOfferKey? {
        guard let key = inverseOfferKeys[OfferID(id)], key.framework == framework else { return nil }
        inverseOfferKeys[OfferID(id)] = nil
        state.inverseOffers[key] = nil
        var answer = Mesos_V1_Allocator_InverseOfferStatus()
        answer.status = status
        answer.frameworkID = framework.message
        answer.timestamp.nanoseconds = now.nanoseconds
        state.inverseAnswers[key] = answer
        return key
    }

    private mutating func passOver(_ count: Int, _ ids: [Mesos_V1_OfferID], from id: FrameworkID, _ message: String) {
        guard count > 0 else { return }
        log(.warning, message, ["framework": id.value, "count": "\(count)", "first": ids.first?.value.shortened ?? ""])
    }

    /// Takes back all requests to leave an agent, and forgets the answers.
    mutating func withdrawInverseOffers(of agent: AgentID) {
        let keys = Set(state.inverseOffers.keys.filter { $0.agent == agent }).union(state.inverseAnswers.keys.filter { $0.agent == agent })
        for key in keys.sorted() { withdrawInverseOffer(key, isTold: true) }
    }

    /// Takes back all requests to a framework that does not hear of it.
    mutating func withdrawInverseOffers(to framework: FrameworkID) {
        let keys =
            state.inverseOffers.keys.filter { $0.framework == framework } + state.inverseAnswers.keys.filter { $0.framework == framework }
        for key in keys { withdrawInverseOffer(key, isTold: false) }
    }

    private mutating func withdrawInverseOffer(_ key: InverseOfferKey, isTold: Bool) {
        deadlines.remove(.inverseOffer(key))
        state.inverseAnswers[key] = nil
        guard let offer = state.inverseOffers.removeValue(forKey: key) else { return }
        inverseOfferKeys[offer.id] = nil
        guard isTold, let stream = state.frameworks[key.framework]?.stream else { return }
        emit(.sendToScheduler(stream, .rescindInverse(offer.id)))
    }
}
