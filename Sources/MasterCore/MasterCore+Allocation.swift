import Allocation
import Cluster
import HashTreeCollections
import MesosMessages

/// The one place where the core speaks to the allocator.
extension MasterCore {
    /// Sees to it that offers are made soon: at the end of the batch of inputs that is being worked on, or when the
    /// last round is `allocationInterval` ago, so that many small changes become few offers.
    mutating func allocateSoon() {
        guard allocationDue == nil else { return }
        allocationDue = max(now, lastAllocation + configuration.allocationInterval)
    }

    mutating func allocateIfDue() {
        let deadlines = [allocationDue, allocator.nextDeadline].compactMap(\.self)
        guard let due = deadlines.min(), due <= now else { return }
        allocationDue = nil
        lastAllocation = now
        state.counters.allocationRuns += 1
        makeOffers(of: allocator.allocate(at: now))
    }

    /// Gives back what is not wanted of an offer.
    mutating func recover(_ resources: Resources, of framework: FrameworkID, on agent: AgentID, filter: RefuseFilter?) {
        guard !resources.isEmpty else { return }
        allocator.recover(framework, agent, resources, filter: filter, at: now)
        allocateSoon()
    }

    /// Gives back what a task or an executor held.
    mutating func release(_ resources: Resources, of framework: FrameworkID, on agent: AgentID) {
        recover(resources, of: framework, on: agent, filter: nil)
    }

    /// Lets a framework get offers, as a new one or as one that came back: what it refused before is forgotten.
    mutating func addToAllocator(_ id: FrameworkID, terms: OfferTerms) {
        guard let framework = state.frameworks[id] else { return }
        allocator.deactivateFramework(id)
        allocator.addFramework(
            id,
            roles: framework.roles,
            suppressed: framework.suppressed,
            capabilities: OfferCapabilities(framework.capabilities),
            terms: terms
        )
        if framework.stream == nil { allocator.deactivateFramework(id) }
        allocateSoon()
    }

    /// Brings a framework up to date; it remembers what it refused, but for roles that it wants offers for again.
    mutating func updateInAllocator(_ id: FrameworkID, terms: OfferTerms) {
        guard let framework = state.frameworks[id] else { return }
        allocator.updateFramework(
            id,
            roles: framework.roles,
            suppressed: framework.suppressed,
            capabilities: OfferCapabilities(framework.capabilities),
            terms: terms
        )
        allocateSoon()
    }

    /// Keeps a framework from getting offers; what it has stays its own.
    mutating func deactivateInAllocator(_ id: FrameworkID) {
        allocator.deactivateFramework(id)
    }

    mutating func reviveInAllocator(_ id: FrameworkID, _ roles: [RoleName]) {
        allocator.revive(id, roles: roles)
        allocateSoon()
    }

    mutating func suppressInAllocator(_ id: FrameworkID, _ roles: [RoleName]) {
        allocator.suppress(id, roles: roles)
    }

    mutating func removeFromAllocator(_ id: FrameworkID) {
        allocator.removeFramework(id)
        allocateSoon()
    }

    /// Lets an agent's resources be offered, but for what runs there.
    mutating func addToAllocator(agent id: AgentID) {
        guard let agent = state.agents[id] else { return }
        let held = ClusterUsage.held(on: agent, in: state)
        allocator.addAgent(id, total: agent.total, allocated: held, facts: AgentFacts(agent.info))
        if state.services[id] != nil { allocator.deactivateAgent(id) }
        allocateSoon()
    }

    mutating func removeFromAllocator(agent id: AgentID) {
        allocator.removeAgent(id)
    }

    mutating func activateInAllocator(agent id: AgentID) {
        allocator.activateAgent(id)
        allocateSoon()
    }

    mutating func deactivateInAllocator(agent id: AgentID) {
        allocator.deactivateAgent(id)
    }
}

extension OfferCapabilities {
    fileprivate init(_ capabilities: FrameworkCapabilities) {
        self = []
        if capabilities.contains(.revocableResources) { insert(.revocable) }
        if capabilities.contains(.gpuResources) { insert(.gpus) }
        if capabilities.contains(.sharedResources) { insert(.shared) }
        if capabilities.contains(.reservationRefinement) { insert(.refinedReservations) }
        if capabilities.contains(.regionAware) { insert(.regions) }
    }
}

extension AgentFacts {
    fileprivate init(_ info: Mesos_V1_AgentInfo) {
        self.init(
            hostname: info.hostname,
            region: info.domain.hasFaultDomain ? info.domain.faultDomain.region.name : nil,
            zone: info.domain.hasFaultDomain ? info.domain.faultDomain.zone.name : nil,
            attributes: info.attributes.map { Attribute(name: $0.name, text: $0.type == .text ? $0.text.value : nil) }
        )
    }
}

extension Mesos_V1_MasterInfo {
    /// Where the master stands, if it says so.
    var region: String? { domain.hasFaultDomain ? domain.faultDomain.region.name : nil }
}
