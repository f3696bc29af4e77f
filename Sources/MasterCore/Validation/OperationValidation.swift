import Cluster
import MesosAPI
import MesosMessages

/// Who asks for an operation, and where.
struct OperationGround {
    let framework: Mesos_V1_FrameworkInfo
    let roles: [RoleName]

    /// The role of the offers.
    let role: RoleName

    /// What the agent can do.
    let agent: Set<Mesos_V1_AgentInfo.Capability.TypeEnum>
}

/// The rules on operations other than launches that need no knowledge of what is there (Mesos: `master/validation.cpp`,
/// operation).
enum OperationValidation {
    static func check(_ operation: Mesos_V1_Offer.Operation, on ground: OperationGround) throws(Problem) {
        let name = operation.type.name.lowercased()
        guard operation.hasBody else { throw Problem("\(name): missing; an operation of type \(operation.type.name) must carry it") }
        switch operation.type {
        case .reserve: try ReservationRules(ground).check(operation.reserve)
        case .unreserve: try ReservationRules(ground).check(operation.unreserve)
        case .create: try VolumeRules(ground).check(operation.create)
        case .destroy: try VolumeRules(ground).check(operation.destroy)
        case .growVolume: try VolumeRules(ground).check(operation.growVolume)
        case .shrinkVolume: try VolumeRules(ground).check(operation.shrinkVolume)
        case .createDisk: try DiskRules.check(operation.createDisk, on: ground)
        case .destroyDisk: try DiskRules.check(operation.destroyDisk, on: ground)
        case .launch, .launchGroup, .unknown: break
        }
    }

    /// Reads the resources of an operation and checks what holds for all of them.
    static func read(_ messages: [Mesos_V1_Resource], of field: String, on ground: OperationGround) throws(Problem) -> [Resource] {
        let resources: Resources
        do { resources = try Resources(messages) } catch { throw Problem("\(field): \(error)") }
        guard !resources.isEmpty else { throw Problem("\(field): none; name what it is about") }
        for other in resources.allocationRoles where other != ground.role {
            throw Problem("\(field): allocated to role '\(other)', the offers are for '\(ground.role)'")
        }
        guard resources.scalar("gpus").thousandths % 1000 == 0 else {
            throw Problem("\(field): \(resources.scalar("gpus")) gpus; only whole ones can be used")
        }
        try ResourceValidation.checkTerms(of: resources, field)
        let items = resources.items
        guard Set(items.map(\.metadata.providerID)).count == 1 else {
            throw Problem("\(field): provider_id differs among them; use one operation for each resource provider")
        }
        return items
    }

    /// Reads one resource.
    static func read(_ message: Mesos_V1_Resource, of field: String, on ground: OperationGround) throws(Problem) -> Resource {
        let all = try read([message], of: field, on: ground)
        guard let resource = all.first else { throw Problem("\(field): none; name what it is about") }
        return resource
    }

    /// What an agent must be able to do for such a reservation.
    static func checkReservation(of resource: Resource, _ field: String, on ground: OperationGround) throws(Problem) {
        let role = resource.metadata.reservationRole ?? .default
        if role.parent != nil, !ground.agent.contains(.hierarchicalRole) {
            throw Problem("\(field).reservations: the agent does not know roles below others, such as '\(role)'")
        }
        if resource.hasRefinedReservation, !ground.agent.contains(.reservationRefinement) {
            throw Problem("\(field).reservations: the agent does not know reservations upon reservations")
        }
    }
}

/// The rules on RESERVE and UNRESERVE.
private struct ReservationRules {
    let ground: OperationGround

    init(_ ground: OperationGround) {
        self.ground = ground
    }

    func check(_ reserve: Mesos_V1_Offer.Operation.Reserve) throws(Problem) {
        guard reserve.source.isEmpty else {
            throw Problem("reserve.source: a scheduler cannot change a reservation into another; unreserve, then reserve")
        }
        for resource in try OperationValidation.read(reserve.resources, of: "reserve.resources", on: ground) {
            let field = "reserve.resources: '\(resource.name)'"
            try checkDynamic(resource, field)
            try OperationValidation.checkReservation(of: resource, field, on: ground)
            try checkOwner(of: resource, field)
        }
    }

    func check(_ unreserve: Mesos_V1_Offer.Operation.Unreserve) throws(Problem) {
        for resource in try OperationValidation.read(unreserve.resources, of: "unreserve.resources", on: ground) {
            let field = "unreserve.resources: '\(resource.name)'"
            try checkDynamic(resource, field)
            if resource.isPersistentVolume { throw Problem("\(field) is a persistent volume; destroy it first") }
        }
    }

    private func checkDynamic(_ resource: Resource, _ field: String) throws(Problem) {
        guard resource.metadata.reservations.last?.kind == .dynamic else {
            throw Problem("\(field): reservations: the last one must be of type DYNAMIC")
        }
    }

    private func checkOwner(of resource: Resource, _ field: String) throws(Problem) {
        guard let reservation = resource.metadata.reservations.last else { return }
        if ground.framework.hasPrincipal, reservation.principal != ground.framework.principal {
            throw Problem("\(field): reservations.principal: must be the framework's, '\(ground.framework.principal)'")
        }
        guard reservation.role == ground.role else {
            throw Problem("\(field): reserved for role '\(reservation.role)', the offers are for '\(ground.role)'")
        }
        guard ground.roles.contains(reservation.role) else {
            throw Problem("\(field): reserved for role '\(reservation.role)', which the framework does not have")
        }
    }
}

extension Mesos_V1_Offer.Operation {
    /// Whether the fields that belong to the type are there.
    fileprivate var hasBody: Bool {
        switch type {
        case .launch: hasLaunch
        case .launchGroup: hasLaunchGroup
        case .reserve: hasReserve
        case .unreserve: hasUnreserve
        case .create: hasCreate
        case .destroy: hasDestroy
        case .growVolume: hasGrowVolume
        case .shrinkVolume: hasShrinkVolume
        case .createDisk: hasCreateDisk
        case .destroyDisk: hasDestroyDisk
        case .unknown: false
        }
    }
}
