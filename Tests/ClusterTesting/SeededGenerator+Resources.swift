public import Cluster

extension SeededGenerator {
    /// One of the choices.
    public mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    /// True `one` time in `many`.
    public mutating func chance(_ one: Int, in many: Int) -> Bool {
        Int.random(in: 0..<many, using: &self) < one
    }

    /// Amounts, ports and names with every kind of metadata. Ports and names are drawn from the `share` of them that
    /// belongs to this value alone, so that two values of different shares have none in common.
    public mutating func resources(share: Int) -> Resources {
        Resources((0..<Int.random(in: 0...8, using: &self)).map { _ in resource(share: share) })
    }

    private mutating func resource(share: Int) -> Resource {
        switch Int.random(in: 0..<8, using: &self) {
        case 0...3:
            return Resource(pick(["cpus", "mem", "disk", "gpus", "bandwidth"]), .scalar(amount()), metadata: metadata())
        case 4, 5: return Resource("ports", .ranges(ranges(share: share)), metadata: metadata())
        case 6: return Resource("racks", .set(ResourceSet((0..<3).map { _ in "r\(share)-\(UInt64.random(in: 0..<9, using: &self))" })))
        default: return Resource("disk", .scalar(Scalar(thousandths: 1000)), metadata: volume())
        }
    }

    /// An amount, often one at an edge.
    public mutating func amount() -> Scalar {
        Scalar(thousandths: pick([0, 1, 500, 1000, Int64.random(in: 0...64_000, using: &self), 100_000_000_000_000]))
    }

    /// Ranges within the thousand numbers that belong to `share`.
    public mutating func ranges(share: Int) -> ResourceRanges {
        let base = UInt64(share) * 1000
        return ResourceRanges(
            (0..<Int.random(in: 0...5, using: &self)).map { _ in
                let begin = base + UInt64.random(in: 0..<900, using: &self)
                return begin...(begin + UInt64.random(in: 0..<99, using: &self))
            }
        )
    }

    private mutating func metadata() -> ResourceMetadata {
        guard chance(1, in: 2) else { return .none }
        let role = RoleName(pick(["eng", "ops"]))
        let labels = chance(1, in: 3) ? [Label(key: "team", value: "web"), Label(key: "alone")] : []
        let reservation = Reservation(pick([.static, .dynamic]), role: role, principal: chance(1, in: 3) ? "boss" : nil, labels: labels)
        let refined = Reservation(.dynamic, role: RoleName(role.value + "/web"))
        return ResourceMetadata(
            reservations: pick([[], [reservation], [reservation, refined]]),
            isRevocable: chance(1, in: 4),
            allocationRole: chance(1, in: 3) ? RoleName(pick(["eng", "eng/web"])) : nil,
            providerID: chance(1, in: 8) ? ResourceProviderID("provider") : nil
        )
    }

    private mutating func volume() -> ResourceMetadata {
        let source = pick([
            nil, DiskSource(.mount, root: "/mnt/a"), DiskSource(.raw, id: "7", profile: "fast"), DiskSource(.path, root: "/p"),
        ])
        let persistence = DiskInfo.Persistence(id: PersistenceID(pick(["one", "two"])), principal: "boss")
        let volume = DiskInfo.Volume(containerPath: "data", isReadOnly: chance(1, in: 2))
        return ResourceMetadata(
            reservations: [Reservation(.dynamic, role: RoleName("eng"))],
            disk: DiskInfo(persistence: persistence, volume: volume, source: source),
            isShared: chance(1, in: 2)
        )
    }
}
