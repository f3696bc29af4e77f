/// One resource: a name, how much of it, and all else that is known of it.
public struct Resource: Hashable, Sendable {
    /// What it is: `cpus`, `mem` and `disk` (both in mebibytes), `gpus`, `ports`, or whatever an operator calls it.
    public let name: String
    /// How much there is.
    public var value: ResourceValue
    /// Whose it is, on what terms, which disk.
    public var metadata: ResourceMetadata

    /// A resource of a name that is known to be good.
    public init(_ name: String, _ value: ResourceValue, metadata: ResourceMetadata = .none) {
        self.name = name
        self.value = value
        self.metadata = metadata
    }

    /// Whether both are the same thing, so that they can be added up and taken from each other.
    ///
    /// What is divisible needs the same name, kind and metadata; what is not must be equal in all.
    func isSame(as other: Resource) -> Bool {
        name == other.name && metadata == other.metadata && value.kind == other.value.kind
            && (!metadata.isIndivisible || value == other.value)
    }

    /// Some fixed order in which no two resources that are not the same are equal: plain ones first, then by name.
    func precedes(_ other: Resource) -> Bool {
        if metadata != other.metadata { return metadata < other.metadata }
        if name != other.name { return name < other.name }
        if value.kind != other.value.kind { return value.kind < other.value.kind }
        return metadata.isIndivisible && value.description < other.value.description
    }
}

extension Resource: CustomStringConvertible {
    /// As Mesos writes it: `cpus(eng):4`, `ports:[31000-32000]`,
    /// `disk(allocated: eng)(reservations: [(DYNAMIC,eng,ops)])[volume-1:data:rw]{REV}<SHARED>:512`.
    public var description: String {
        "\(name)\(metadata):\(value)"
    }
}

extension ResourceMetadata: CustomStringConvertible {
    /// What stands between a resource's name and its value; empty for ``none``.
    public var description: String {
        var text = ""
        if let allocationRole { text += "(allocated: \(allocationRole))" }
        text += reservationText
        if let disk { text += "[\(disk)]" }
        if isRevocable { text += "{REV}" }
        if isShared { text += "<SHARED>" }
        return text
    }

    /// A lone static reservation reads as it is written in an agent's configuration; others are listed.
    private var reservationText: String {
        guard let bottom = reservations.first else { return "" }
        if reservations == [Reservation(.static, role: bottom.role)] { return "(\(bottom.role))" }
        return "(reservations: [" + reservations.map(\.description).joined(separator: ",") + "])"
    }
}
