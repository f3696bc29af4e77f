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
        if let usual = firm.usualAmounts { return sums(usual) }
        let others = firm.names.filter { !Self.always.contains($0) }
        for name in others.isEmpty ? Self.always : (Self.always + others).sorted() {
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

    /// What nearly every task has; a state has very many of them.
    private mutating func sums(_ usual: Resources.UsualAmounts) {
        field("cpus", usual.cpus.value)
        field("disk", usual.disk.value)
        field("gpus", usual.gpus.value)
        field("mem", usual.mem.value)
    }

    private static let always = ["cpus", "disk", "gpus", "mem"]
}
