/// How much of a resource there is. The kind of value is part of what a resource is: a scalar never meets a set.
public enum ResourceValue: Hashable, Sendable {
    /// An amount.
    case scalar(Scalar)
    /// Numbers handed out one by one.
    case ranges(ResourceRanges)
    /// Names handed out one by one.
    case set(ResourceSet)

    /// Whether there is nothing.
    public var isEmpty: Bool {
        switch self {
        case .scalar(let amount): amount == .zero
        case .ranges(let ranges): ranges.isEmpty
        case .set(let set): set.isEmpty
        }
    }

    /// A number for the kind, to put values of different kinds in order.
    var kind: Int {
        switch self {
        case .scalar: 0
        case .ranges: 1
        case .set: 2
        }
    }

    /// Whether all of `other` is there; false if it is of another kind.
    func contains(_ other: ResourceValue) -> Bool {
        switch (self, other) {
        case (.scalar(let own), .scalar(let wanted)): own >= wanted
        case (.ranges(let own), .ranges(let wanted)): own.contains(wanted)
        case (.set(let own), .set(let wanted)): own.contains(wanted)
        default: false
        }
    }

    /// Adds a value of the same kind.
    mutating func add(_ other: ResourceValue) {
        switch (self, other) {
        case (.scalar(let own), .scalar(let more)): self = .scalar(own + more)
        case (.ranges(let own), .ranges(let more)): self = .ranges(own + more)
        case (.set(let own), .set(let more)): self = .set(own + more)
        default: preconditionFailure("values of different kinds are different resources")
        }
    }

    /// Takes away as much of a value of the same kind as there is.
    mutating func remove(_ other: ResourceValue) {
        switch (self, other) {
        case (.scalar(let own), .scalar(let less)): self = .scalar(own - less)
        case (.ranges(let own), .ranges(let less)): self = .ranges(own - less)
        case (.set(let own), .set(let less)): self = .set(own - less)
        default: preconditionFailure("values of different kinds are different resources")
        }
    }
}

extension ResourceValue: CustomStringConvertible {
    /// As Mesos writes it: `4`, `[31000-32000]`, `{a, b}`.
    public var description: String {
        switch self {
        case .scalar(let amount): amount.description
        case .ranges(let ranges): ranges.description
        case .set(let set): set.description
        }
    }
}
