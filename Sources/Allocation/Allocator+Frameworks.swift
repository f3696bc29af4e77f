public import Cluster

extension Allocator {
    /// Adds a framework, or brings one up to date that is there already, and lets it get offers.
    ///
    /// - Parameter suppressed: the roles for which it does not want offers now.
    public mutating func addFramework(
        _ id: FrameworkID,
        roles: [RoleName],
        suppressed: Set<RoleName> = [],
        capabilities: OfferCapabilities = [],
        terms: OfferTerms = OfferTerms()
    ) {
        frameworks[id, default: Framework()].isAdded = true
        frameworks[id]?.isActive = true
        updateFramework(id, roles: roles, suppressed: suppressed, capabilities: capabilities, terms: terms)
    }

    /// Changes a framework's roles, abilities and demands. A role that is wanted again forgets what it refused.
    ///
    /// What it has in a role that it leaves stays claimed until it is recovered.
    public mutating func updateFramework(
        _ id: FrameworkID,
        roles: [RoleName],
        suppressed: Set<RoleName> = [],
        capabilities: OfferCapabilities = [],
        terms: OfferTerms = OfferTerms()
    ) {
        guard let framework = frameworks[id], framework.isAdded else { return }
        if !framework.capabilities.isSuperset(of: capabilities) { markAllDirty() }
        frameworks[id]?.capabilities = capabilities
        for (role, client) in framework.clients.sorted(by: { $0.key < $1.key }) where !roles.contains(role) {
            clients[client].isSubscribed = false
            clearRefusals(of: client)
            demand(OfferTerms(), for: client)
            place(client)
            forgetIfGone(client)
        }
        for role in roles {
            let client = client(id, role)
            if clients[client].isSuppressed, !suppressed.contains(role) { clearRefusals(of: client) }
            clients[client].capabilities = capabilities
            clients[client].isSubscribed = true
            clients[client].isSuppressed = suppressed.contains(role)
            demand(terms, for: client)
            placeAndOffer(client)
        }
    }

    /// Removes a framework; all that it has may be offered to others.
    public mutating func removeFramework(_ id: FrameworkID) {
        guard let framework = frameworks[id] else { return }
        for client in framework.clients.values.sorted() {
            for agent in clients[client].claimAgents.sorted() {
                _ = release(agents[agent].claims[client] ?? .empty, of: client, on: agent)
                markDirty(agent)
            }
            clients[client].isSubscribed = false
            place(client)
            forgetIfGone(client)
        }
        frameworks[id] = nil
    }

    /// Lets a framework get offers again.
    public mutating func activateFramework(_ id: FrameworkID) {
        setActive(true, id)
    }

    /// Keeps a framework from getting offers, as long as it cannot be reached; what it has stays its own, what it
    /// refused is forgotten.
    public mutating func deactivateFramework(_ id: FrameworkID) {
        setActive(false, id)
        for client in sortedClients(of: id) { clearRefusals(of: client) }
    }

    private mutating func setActive(_ isActive: Bool, _ id: FrameworkID) {
        frameworks[id]?.isActive = isActive
        for client in sortedClients(of: id) { placeAndOffer(client) }
    }

    /// Stops offers to a framework for these roles, or for all of its roles if none are named.
    public mutating func suppress(_ id: FrameworkID, roles: [RoleName] = []) {
        for client in subscribedClients(of: id, in: roles) {
            clients[client].isSuppressed = true
            place(client)
        }
    }

    /// Starts offers to a framework again for these roles, or for all of its roles if none are named, and forgets what
    /// it refused in them.
    public mutating func revive(_ id: FrameworkID, roles: [RoleName] = []) {
        for client in subscribedClients(of: id, in: roles) {
            clients[client].isSuppressed = false
            clearRefusals(of: client)
            placeAndOffer(client)
        }
    }

    private func sortedClients(of id: FrameworkID) -> [Int] {
        (frameworks[id]?.clients.values).map { $0.sorted() } ?? []
    }

    private func subscribedClients(of id: FrameworkID, in roles: [RoleName]) -> [Int] {
        sortedClients(of: id).filter { clients[$0].isSubscribed && (roles.isEmpty || roles.contains(clients[$0].role)) }
    }
}
