/// Resources set aside for a role. Reservations stack: each one refines the one below for a role beneath it.
public struct Reservation: Hashable, Sendable {
    /// How a reservation came to be.
    public enum Kind: Hashable, Sendable {
        /// Given in the agent's configuration; stays while the agent runs.
        case `static`
        /// Made by a framework or an operator; can be taken back.
        case dynamic
    }

    /// How it came to be.
    public let kind: Kind
    /// Who it is for.
    public let role: RoleName
    /// Who made it.
    public let principal: String?
    /// Remarks of the maker, in rising order; their order has no meaning.
    public let labels: [Label]

    /// A reservation for `role`.
    public init(_ kind: Kind, role: RoleName, principal: String? = nil, labels: [Label] = []) {
        self.kind = kind
        self.role = role
        self.principal = principal
        self.labels = labels.sorted()
    }
}

extension Reservation: CustomStringConvertible {
    /// As Mesos writes it: `(DYNAMIC,eng/web,ops,{team: web})`.
    public var description: String {
        var parts = [kind == .static ? "STATIC" : "DYNAMIC", role.value]
        if let principal { parts.append(principal) }
        if !labels.isEmpty { parts.append("{" + labels.map(\.description).joined(separator: ", ") + "}") }
        return "(" + parts.joined(separator: ",") + ")"
    }
}
