extension Resources.Entry {
    /// Adds the same thing once more.
    mutating func add(_ other: Resources.Entry) {
        if resource.metadata.isIndivisible {
            let (sum, overflow) = copies.addingReportingOverflow(other.copies)
            copies = overflow ? .max : sum
        } else {
            resource.value.add(other.resource.value)
        }
    }

    /// Takes away as much of the same thing as there is.
    mutating func remove(_ other: Resources.Entry) {
        if resource.metadata.isIndivisible {
            copies = max(0, copies - other.copies)
        } else {
            resource.value.remove(other.resource.value)
        }
    }

    /// Whether all of the same thing is there.
    func contains(_ other: Resources.Entry) -> Bool {
        resource.metadata.isIndivisible ? copies >= other.copies : resource.value.contains(other.resource.value)
    }

    /// Whether nothing is left.
    var isEmpty: Bool { copies == 0 || resource.value.isEmpty }
}

extension Resources {
    /// The index at or after `start` where `resource` stands or would stand.
    private func position(of resource: Resource, from start: Int) -> (index: Int, isThere: Bool) {
        var index = start
        while index < entries.count {
            if entries[index].resource.isSame(as: resource) { return (index, true) }
            guard entries[index].resource.precedes(resource) else { break }
            index += 1
        }
        return (index, false)
    }

    /// Whether all of `other` is there, the same in all respects: reserved for the same role, and so on.
    public func contains(_ other: Resources) -> Bool {
        firstMissing(of: other) == nil
    }

    /// The first of `other`'s resources of which there is not enough.
    private func firstMissing(of other: Resources) -> Resource? {
        var index = 0
        for entry in other.entries {
            let place = position(of: entry.resource, from: index)
            guard place.isThere, entries[place.index].contains(entry) else { return entry.resource }
            index = place.index
        }
        return nil
    }

    /// Adds in place. Numbers and names that are in both are there once afterwards.
    public static func += (left: inout Resources, right: Resources) {
        guard !left.isEmpty else {
            left = right
            return
        }
        var index = 0
        for entry in right.entries {
            let place = left.position(of: entry.resource, from: index)
            index = place.index
            if place.isThere {
                left.entries[index].add(entry)
            } else {
                left.entries.insert(entry, at: index)
            }
        }
    }

    /// Takes away in place as much as there is; never goes below nothing.
    public static func -= (left: inout Resources, right: Resources) {
        var index = 0
        for entry in right.entries {
            let place = left.position(of: entry.resource, from: index)
            index = place.index
            guard place.isThere else { continue }
            left.entries[index].remove(entry)
            if left.entries[index].isEmpty { left.entries.remove(at: index) }
        }
    }

    /// The sum.
    public static func + (left: Resources, right: Resources) -> Resources {
        var sum = left
        sum += right
        return sum
    }

    /// What is left of `left`; never less than nothing.
    public static func - (left: Resources, right: Resources) -> Resources {
        var rest = left
        rest -= right
        return rest
    }

    /// Takes all of `other` away, or throws and changes nothing if not all of it is there.
    public mutating func subtract(_ other: Resources) throws(ResourcesError) {
        if let missing = firstMissing(of: other) {
            throw ResourcesError(piece: "\(missing)", reason: "cannot be taken from \(self): there is not enough of it")
        }
        self -= other
    }
}
