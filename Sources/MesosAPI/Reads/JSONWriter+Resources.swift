public import Cluster

extension JSONWriter {
    /// Resources as the older endpoints show them: sums by name, the four usual ones always.
    public mutating func resources(_ name: String, _ resources: Resources) {
        object(name) { $0.sums(resources) }
    }

    /// Reserved resources, by role.
    public mutating func reservedResources(_ name: String, _ resources: Resources) {
        let reserved = resources.reserved
        let roles = Set(reserved.items.compactMap(\.metadata.reservationRole)).sorted()
        object(name) { writer in
            for role in roles { writer.resources(role.value, reserved.reserved(for: role)) }
        }
    }

    private mutating func sums(_ resources: Resources) {
        let firm = resources.nonRevocable
        for name in Set(firm.names + Self.always).sorted() {
            let (ranges, set) = (firm.ranges(name), firm.set(name))
            if !ranges.isEmpty {
                field(name, ranges.description)
            } else if !set.isEmpty {
                field(name, set.description)
            } else {
                field(name, firm.scalar(name).value)
            }
        }
    }

    private static let always = ["cpus", "disk", "gpus", "mem"]
}
