extension Resource {
    /// Whether it is reserved for some role.
    public var isReserved: Bool { metadata.reservationRole != nil }
    /// Whether it is a volume whose data outlives its task.
    public var isPersistentVolume: Bool { metadata.disk?.persistence != nil }
    /// Whether its reservation refines another one.
    public var hasRefinedReservation: Bool { metadata.reservations.count > 1 }

    /// Whether `role` may use it: it is reserved for nobody, for that role, or for a role above it.
    public func isAllocatable(to role: RoleName) -> Bool {
        guard let owner = metadata.reservationRole else { return true }
        return owner == role || owner.isAncestor(of: role)
    }
}

extension Resources {
    /// Those resources that `isIncluded` accepts.
    public func filter(_ isIncluded: (Resource) -> Bool) -> Resources {
        guard !entries.allSatisfy({ isIncluded($0.resource) }) else { return self }
        var chosen = Resources()
        chosen.entries = entries.filter { isIncluded($0.resource) }
        return chosen
    }

    /// Those called `name`.
    public func named(_ name: String) -> Resources { filter { $0.name == name } }
    /// Those reserved for `role` itself.
    public func reserved(for role: RoleName) -> Resources { filter { $0.metadata.reservationRole == role } }
    /// Those reserved for any role.
    public var reserved: Resources { filter(\.isReserved) }
    /// Those reserved for nobody.
    public var unreserved: Resources { filter { !$0.isReserved } }
    /// Those that may be taken back at any time.
    public var revocable: Resources { filter(\.metadata.isRevocable) }
    /// Those that may not be taken back at any time.
    public var nonRevocable: Resources { filter { !$0.metadata.isRevocable } }
    /// Those that several may use at once.
    public var shared: Resources { filter(\.metadata.isShared) }
    /// Those that only one may use at a time.
    public var nonShared: Resources { filter { !$0.metadata.isShared } }
    /// Those that `role` may use.
    public func allocatable(to role: RoleName) -> Resources { filter { $0.isAllocatable(to: role) } }
    /// Those given to `role`.
    public func filter(allocatedTo role: RoleName) -> Resources { filter { $0.metadata.allocationRole == role } }

    /// The roles that resources were given to, in rising order, each once.
    public var allocationRoles: [RoleName] {
        var roles: [RoleName] = []
        for entry in entries {
            if let role = entry.resource.metadata.allocationRole, !roles.contains(role) { roles.append(role) }
        }
        return roles.sorted()
    }

    /// The same resources, all given to `role`.
    public func allocated(to role: RoleName) -> Resources { allocated(role) }

    /// The same resources, given to nobody.
    public func unallocated() -> Resources { allocated(nil) }

    private func allocated(_ role: RoleName?) -> Resources {
        guard entries.contains(where: { $0.resource.metadata.allocationRole != role }) else { return self }
        var given = entries
        var (before, after) = (ResourceMetadata.none, ResourceMetadata.none.allocated(to: role))
        for index in given.indices {
            let metadata = given[index].resource.metadata
            if !metadata.isIdentical(to: before) { (before, after) = (metadata, metadata.allocated(to: role)) }
            given[index].resource.metadata = after
        }
        return Resources(entries: given)
    }
}
