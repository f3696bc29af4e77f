import Allocation
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// How many offers go into one OFFERS event.
    static var offersPerEvent: Int { 1_000 }

    /// Makes offers of what the allocator grants: one event per framework, whatever the number of agents.
    mutating func makeOffers(of grants: [Grant]) {
        var batches: [(stream: StreamID, offers: [OfferEntry])] = []
        var places: [FrameworkID: Int] = [:]
        for grant in grants {
            guard let framework = state.frameworks[grant.framework], let stream = framework.stream, let offer = offer(for: grant) else {
                recover(grant.resources, of: grant.framework, on: grant.agent, filter: nil)
                continue
            }
            if let place = places[grant.framework], batches[place].offers.count < Self.offersPerEvent {
                batches[place].offers.append(offer)
            } else {
                places[grant.framework] = batches.count
                batches.append((stream, [offer]))
            }
        }
        for batch in batches { emit(.sendToScheduler(batch.stream, .offers(batch.offers))) }
    }

    private mutating func offer(for grant: Grant) -> OfferEntry? {
        guard let agent = state.agents[grant.agent], agent.stream != nil else { return nil }
        let offer = OfferEntry(
            id: names.offer(),
            framework: grant.framework,
            agent: grant.agent,
            role: grant.role,
            resources: grant.resources.allocated(to: grant.role),
            executors: agent.executors.keys.filter { $0.framework == grant.framework }.map(\.executor).sorted(),
            template: agent.offerTemplate
        )
        state.offers[offer.id] = offer
        state.counters.offersMade += 1
        state.frameworks[grant.framework]?.offers.insert(offer.id)
        state.agents[grant.agent]?.offers.insert(offer.id)
        if let timeout = configuration.offerTimeout { deadlines.set(.offerUnanswered(offer.id), at: now + timeout) }
        return offer
    }

    /// Takes an offer out of the state; its resources are then the caller's to give back or to use.
    mutating func forget(_ offer: OfferEntry) {
        state.offers[offer.id] = nil
        state.frameworks[offer.framework]?.offers.remove(offer.id)
        state.agents[offer.agent]?.offers.remove(offer.id)
        if configuration.offerTimeout != nil { deadlines.remove(.offerUnanswered(offer.id)) }
    }

    /// Ends all offers to a framework that cannot answer them any more.
    mutating func withdrawOffers(of framework: FrameworkID) {
        guard let ids = state.frameworks[framework]?.offers.sorted() else { return }
        for offer in ids.compactMap({ state.offers[$0] }) {
            forget(offer)
            recover(offer.resources, of: framework, on: offer.agent, filter: nil)
        }
    }

    /// Ends all offers of an agent and tells their frameworks.
    mutating func rescindOffers(of agent: AgentID) {
        guard let ids = state.agents[agent]?.offers.sorted() else { return }
        for offer in ids.compactMap({ state.offers[$0] }) { rescind(offer) }
    }

    /// Ends the offers to a framework that are no longer right and tells it.
    mutating func rescindOffers(of framework: FrameworkID, where isWrong: (OfferEntry) -> Bool) {
        guard let ids = state.frameworks[framework]?.offers.sorted() else { return }
        for offer in ids.compactMap({ state.offers[$0] }) where isWrong(offer) { rescind(offer) }
    }

    /// Nobody answered an offer: others may have what it holds, and so may the same framework, by a new offer.
    mutating func offerTimedOut(_ id: OfferID) {
        guard let offer = state.offers[id] else { return }
        state.counters.offersTimedOut += 1
        log(.info, "offer rescinded: it was not answered", ["offer": id.value, "framework": offer.framework.value])
        rescind(offer)
    }

    private mutating func rescind(_ offer: OfferEntry) {
        state.counters.offersRescinded += 1
        forget(offer)
        recover(offer.resources, of: offer.framework, on: offer.agent, filter: nil)
        guard let stream = state.frameworks[offer.framework]?.stream else { return }
        emit(.sendToScheduler(stream, .rescind(offer.id)))
    }
}
