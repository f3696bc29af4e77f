import Cluster
import MesosMessages

extension ResourceMetadata {
    /// Checks all that a message says besides name and value.
    init(_ message: Mesos_V1_Resource) throws(ResourcesError) {
        if message.hasShared, !message.hasDisk || !message.disk.hasPersistence {
            throw ResourcesError(piece: message.name, reason: "only persistent volumes can be shared")
        }
        if message.hasDisk, message.name != "disk" {
            throw ResourcesError(piece: message.name, reason: "only a resource called disk can have disk information")
        }
        self.init(
            reservations: try Reservation.stack(of: message),
            disk: message.hasDisk ? try DiskInfo(message.disk) : nil,
            isRevocable: message.hasRevocable,
            isShared: message.hasShared,
            allocationRole: message.allocationInfo.hasRole ? try RoleName(resource: message.allocationInfo.role) : nil,
            providerID: message.hasProviderID ? try ResourceProviderID(resource: message.providerID.value) : nil
        )
    }

    /// Says all of it in a message, where ``Reservation``s are the stack `reservations`.
    func write(to message: inout Mesos_V1_Resource) {
        message.reservations = reservations.map(\.message)
        if let disk { message.disk = disk.message }
        if isRevocable { message.revocable = Mesos_V1_Resource.RevocableInfo() }
        if isShared { message.shared = Mesos_V1_Resource.SharedInfo() }
        if let allocationRole { message.allocationInfo.role = allocationRole.value }
        if let providerID { message.providerID = providerID.message }
    }
}

extension Reservation {
    /// The stack of a message in either format.
    static func stack(of message: Mesos_V1_Resource) throws(ResourcesError) -> [Reservation] {
        guard !message.reservations.isEmpty else { return try single(of: message).map { [$0] } ?? [] }
        guard !message.hasRole || message.role == RoleName.default.value, !message.hasReservation else {
            throw ResourcesError(piece: message.name, reason: "role and reservation must not be set beside reservations")
        }
        var stack: [Reservation] = []
        for entry in message.reservations {
            let reservation = try Reservation(entry)
            try reservation.check(upon: stack.last)
            stack.append(reservation)
        }
        return stack
    }

    /// The reservation of the older format: a role alone is static, a role and a reservation dynamic.
    private static func single(of message: Mesos_V1_Resource) throws(ResourcesError) -> Reservation? {
        let role = try RoleName(resource: message.hasRole ? message.role : RoleName.default.value)
        guard message.hasReservation else { return role == .default ? nil : Reservation(.static, role: role) }
        guard role != .default else {
            throw ResourcesError(piece: message.name, reason: "a reservation needs a role other than '*'")
        }
        let info = message.reservation
        guard !info.hasType, !info.hasRole else {
            let reason = "reservation must have neither type nor role; the role stands beside it, or use reservations"
            throw ResourcesError(piece: message.name, reason: reason)
        }
        return Reservation(.dynamic, role: role, info)
    }

    private init(_ message: Mesos_V1_Resource.ReservationInfo) throws(ResourcesError) {
        let role = try RoleName(resource: message.role)
        guard role != .default else {
            throw ResourcesError(piece: "reservations", reason: "nothing can be reserved for '*'")
        }
        switch message.type {
        case .static: self.init(.static, role: role, message)
        case .dynamic: self.init(.dynamic, role: role, message)
        case .unknown:
            throw ResourcesError(piece: "reservations", reason: "each of the reservations needs a type, STATIC or DYNAMIC")
        }
    }

    private init(_ kind: Kind, role: RoleName, _ message: Mesos_V1_Resource.ReservationInfo) {
        let principal = message.hasPrincipal ? message.principal : nil
        self.init(kind, role: role, principal: principal, labels: message.labels.values)
    }

    /// What refines a reservation is dynamic, and for a role below.
    private func check(upon base: Reservation?) throws(ResourcesError) {
        guard let base else { return }
        guard kind == .dynamic else {
            throw ResourcesError(piece: "reservations", reason: "a reservation upon another cannot be STATIC")
        }
        guard base.role.isAncestor(of: role) else {
            throw ResourcesError(piece: "reservations", reason: "role '\(role)' is not below '\(base.role)', whose reservation it refines")
        }
    }

    /// The reservation for the wire.
    var message: Mesos_V1_Resource.ReservationInfo {
        var message = Mesos_V1_Resource.ReservationInfo()
        message.type = kind == .static ? .static : .dynamic
        message.role = role.value
        if let principal { message.principal = principal }
        if !labels.isEmpty { message.labels = Mesos_V1_Labels(labels) }
        return message
    }
}

extension Identifier {
    /// Checks a name that stands in a resource.
    init(resource value: String) throws(ResourcesError) {
        do {
            try self.init(validating: value)
        } catch {
            throw ResourcesError(piece: value, reason: error.description)
        }
    }
}

extension Mesos_V1_Labels {
    /// Labels for the wire.
    init(_ labels: [Label]) {
        self.init()
        self.labels = labels.map { label in
            var message = Mesos_V1_Label()
            message.key = label.key
            if let value = label.value { message.value = value }
            return message
        }
    }

    /// The labels.
    var values: [Label] {
        labels.map { Label(key: $0.key, value: $0.hasValue ? $0.value : nil) }
    }
}
