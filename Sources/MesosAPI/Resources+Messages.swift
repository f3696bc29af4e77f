public import Cluster
public import MesosMessages

extension Resources {
    /// Checks and adds up resources from the wire, by the rules of Mesos (`Resources::validate`).
    ///
    /// Both formats of reservations are read: the stack `reservations`, and the older pair `role` and `reservation`.
    public init(_ messages: [Mesos_V1_Resource]) throws(ResourcesError) {
        guard messages.count <= Self.maximumCount else {
            let reason = "there are \(messages.count) resources; \(Self.maximumCount) are allowed"
            throw ResourcesError(piece: messages[0].name, reason: reason)
        }
        var resources: [Resource] = []
        resources.reserveCapacity(messages.count)
        for message in messages { resources.append(try Resource(message)) }
        self.init(resources)
    }

    /// The resources for the wire, in a fixed order, reservations as the stack `reservations`.
    public var messages: [Mesos_V1_Resource] {
        items.map(\.message)
    }
}

extension Resource {
    /// Checks a resource from the wire.
    public init(_ message: Mesos_V1_Resource) throws(ResourcesError) {
        do {
            try Self.checkName(message.name)
            let value = try ResourceValue(message)
            self.init(message.name, value, metadata: try ResourceMetadata(message))
        } catch {
            throw ResourcesError(piece: message.name, reason: error.reason)
        }
    }

    /// The resource for the wire.
    public var message: Mesos_V1_Resource {
        var message = Mesos_V1_Resource()
        message.name = name
        value.write(to: &message)
        if !metadata.isNone { metadata.write(to: &message) }
        return message
    }
}

extension ResourceValue {
    /// The one value that belongs to the message's type; refuses any other besides it.
    fileprivate init(_ message: Mesos_V1_Resource) throws(ResourcesError) {
        guard message.hasType else { throw ResourcesError(piece: message.name, reason: "has no type; set SCALAR, RANGES or SET") }
        let given = [message.hasScalar, message.hasRanges, message.hasSet]
        let expected = [message.type == .scalar, message.type == .ranges, message.type == .set]
        guard given == expected, message.type != .text else {
            let reason = "a resource of type SCALAR, RANGES or SET must have the value of that type and no other"
            throw ResourcesError(piece: message.name, reason: reason)
        }
        switch message.type {
        case .scalar: self = .scalar(try Scalar(message.scalar.value))
        case .ranges: self = .ranges(try ResourceRanges(message.ranges))
        case .set, .text: self = .set(try ResourceSet(message.set))
        }
    }

    fileprivate func write(to message: inout Mesos_V1_Resource) {
        switch self {
        case .scalar(let amount):
            message.type = .scalar
            message.scalar.value = amount.value
        case .ranges(let ranges):
            message.type = .ranges
            message.ranges = ranges.message
        case .set(let set):
            message.type = .set
            message.set.item = set.items
        }
    }
}

extension ResourceRanges {
    /// Checks ranges from the wire: each must end after it begins, and none may overlap another.
    init(_ message: Mesos_V1_Value.Ranges) throws(ResourcesError) {
        guard message.range.count <= Self.maximumCount else {
            let reason = "there are \(message.range.count) ranges; \(Self.maximumCount) are allowed"
            throw ResourcesError(piece: "ranges", reason: reason)
        }
        let sorted = message.range.sorted { $0.begin < $1.begin }
        for (index, range) in sorted.enumerated() {
            guard range.begin <= range.end else {
                throw ResourcesError(piece: "ranges", reason: "the range \(range.begin)-\(range.end) ends before it begins")
            }
            guard index == 0 || sorted[index - 1].end < range.begin else {
                let before = sorted[index - 1]
                let reason = "the ranges \(before.begin)-\(before.end) and \(range.begin)-\(range.end) overlap"
                throw ResourcesError(piece: "ranges", reason: reason)
            }
        }
        self.init(sorted.map { $0.begin...$0.end })
    }

    /// The ranges for the wire.
    var message: Mesos_V1_Value.Ranges {
        var message = Mesos_V1_Value.Ranges()
        message.range = ranges.map { range in
            var message = Mesos_V1_Value.Range()
            message.begin = range.lowerBound
            message.end = range.upperBound
            return message
        }
        return message
    }
}

extension ResourceSet {
    /// Checks a set from the wire: it may name nothing twice.
    fileprivate init(_ message: Mesos_V1_Value.Set) throws(ResourcesError) {
        guard message.item.count <= Self.maximumCount else {
            throw ResourcesError(piece: "set", reason: "the set has \(message.item.count) items; \(Self.maximumCount) are allowed")
        }
        self.init(message.item)
        guard items.count == message.item.count else {
            throw ResourcesError(piece: "set", reason: "the set names something twice")
        }
    }
}
