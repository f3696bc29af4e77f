public import Cluster

/// Decides who is offered what: each agent's free resources go to the framework that has the smallest share.
///
/// Fair by dominant resource (Ghodsi et al., NSDI 2011) over one level: each framework in each of its roles is a
/// client, and its share is the largest part that it has of any resource in the cluster, divided by its role's weight.
///
/// A state machine without clock or I/O. Calls note what changed; ``allocate(at:)`` then looks only at agents of which
/// something changed. What is granted stays claimed until it is recovered, whatever becomes of it meanwhile: offered,
/// in use, or given back in part. Resources that go in or out for a framework are marked with the role they are
/// allocated to.
public struct Allocator: Sendable {
    let options: AllocatorOptions
    var agents = SlotTable<AgentRecord>()
    var agentSlots: [AgentID: Int] = [:]
    var clients = SlotTable<Client>()
    var frameworks: [FrameworkID: Framework] = [:]
    /// The clients that want offers.
    var order = ClientOrder()
    /// The clients that have constraints.
    var constrainedClients: Set<Int> = []
    /// The clients that have a minimum of their own.
    var choosyClients: Set<Int> = []
    /// All agents' resources.
    var total = ScalarTally()
    /// Whether ``total`` changed, so that every share did.
    var areSharesStale = false
    /// The agents to look at, in the order in which they changed.
    var dirty: [Int] = []
    var deadlines = RefusalDeadlines()
    /// How many refusals there are; ``deadlines`` may still hold some that are gone.
    var refusalCount = 0
    var lastRefusal: UInt64 = 0

    /// An allocator without agents and frameworks.
    public init(options: AllocatorOptions = AllocatorOptions()) {
        self.options = options
    }

    /// When something may become worth an offer without any further call: a refusal ends.
    public var nextDeadline: Timestamp? { deadlines.first?.moment }

    /// What of an agent may be offered; nothing if the agent is unknown.
    public func available(on agent: AgentID) -> Resources {
        agentSlots[agent].map { agents[$0].available } ?? .empty
    }

    /// What a framework has of an agent, offered or in use, marked with the roles.
    public func claims(of framework: FrameworkID, on agent: AgentID) -> Resources {
        guard let slot = agentSlots[agent], let clients = frameworks[framework]?.clients else { return .empty }
        return clients.reduce(into: .empty) { sum, client in
            sum += agents[slot].claims[client.value]?.allocated(to: client.key) ?? .empty
        }
    }

    /// The dominant share of a framework in a role, divided by the role's weight; between 0 and 1 for weight 1.
    public func share(of framework: FrameworkID, in role: RoleName) -> Double {
        guard let slot = frameworks[framework]?.clients[role] else { return 0 }
        return currentShare(of: slot)
    }
}

extension Allocator {
    func currentShare(of client: Int) -> Double {
        let share = clients[client].claimed.dominantShare(of: total, excluding: options.excludedFromShares)
        return share / clients[client].weight
    }

    /// Notes that something changed on an agent.
    mutating func markDirty(_ agent: Int) {
        guard !agents[agent].isDirty else { return }
        agents[agent].isDirty = true
        dirty.append(agent)
    }

    mutating func markAllDirty() {
        for agent in agents.slots { markDirty(agent) }
    }

    /// The framework's client for a role, made if there is none.
    mutating func client(_ framework: FrameworkID, _ role: RoleName) -> Int {
        if let slot = frameworks[framework]?.clients[role] { return slot }
        let slot = clients.insert(Client(framework: framework, role: role, weight: options.weights[role] ?? 1))
        clients[slot].rank.client = slot
        frameworks[framework, default: Framework()].clients[role] = slot
        return slot
    }

    /// Puts a client in its place in the order, or out of it, after anything about it changed.
    mutating func place(_ client: Int) {
        if clients[client].isReady { order.remove(clients[client].rank) }
        let isActive = frameworks[clients[client].framework]?.isActive ?? false
        clients[client].isReady = isActive && clients[client].isSubscribed && !clients[client].isSuppressed
        clients[client].rank.share = currentShare(of: client)
        if clients[client].isReady { order.insert(clients[client].rank) }
    }

    /// As ``place(_:)``; and if the client wants offers only now, every agent may be of interest to it.
    mutating func placeAndOffer(_ client: Int) {
        let wasReady = clients[client].isReady
        place(client)
        if clients[client].isReady, !wasReady { markAllDirty() }
    }

    mutating func claim(_ resources: Resources, for client: Int, on agent: Int) {
        agents[agent].claims[client, default: .empty] += resources
        clients[client].claimAgents.insert(agent)
        clients[client].claimed.add(resources)
    }

    /// Ends a claim as far as there is one, and returns that part.
    mutating func release(_ resources: Resources, of client: Int, on agent: Int) -> Resources {
        guard let held = agents[agent].claims[client] else { return .empty }
        let rest = held - resources
        let released = held - rest
        agents[agent].claims[client] = rest.isEmpty ? nil : rest
        if rest.isEmpty { clients[client].claimAgents.remove(agent) }
        clients[client].claimed.remove(released)
        return released
    }

    /// Forgets a client that has nothing and is subscribed no more.
    mutating func forgetIfGone(_ client: Int) {
        guard !clients[client].isSubscribed, clients[client].claimAgents.isEmpty else { return }
        clearRefusals(of: client)
        demand(OfferTerms(), for: client)
        place(client)
        let (framework, role) = (clients[client].framework, clients[client].role)
        frameworks[framework]?.clients[role] = nil
        if let rest = frameworks[framework], !rest.isAdded, rest.clients.isEmpty { frameworks[framework] = nil }
        clients.remove(client)
    }
}
