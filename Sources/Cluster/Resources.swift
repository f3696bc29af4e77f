/// Resources of a machine, an offer, a task: a sum of ``Resource``s in which no two are the same thing.
///
/// Kept sorted, so that equal sums are equal values, and sums, differences and comparisons are one walk. Made for
/// the hot path: processors, memory, disk and ports without metadata cost a few comparisons of small integers.
public struct Resources: Hashable, Sendable {
    /// How many resources are taken from outside in one list.
    public static let maximumCount = 4096
    /// Nothing.
    public static let empty = Resources()

    /// A resource and how many there are of it: more than one only if it is indivisible.
    struct Entry: Hashable {
        var resource: Resource
        var copies = 1
    }

    /// In the order of ``Resource/precedes(_:)``, none empty, no two the same.
    var entries: [Entry] = []

    /// Nothing.
    public init() {}

    /// The sum of resources in any order; empty ones are left out.
    public init(_ resources: some Sequence<Resource>) {
        self.init(entries: resources.map { Entry(resource: $0) })
    }

    /// The sum of entries in any order.
    init(entries unsorted: [Entry]) {
        let sorted = Self.isSorted(unsorted) ? unsorted : unsorted.sorted { $0.resource.precedes($1.resource) }
        entries.reserveCapacity(sorted.count)
        for entry in sorted where !entry.resource.value.isEmpty {
            if let last = entries.indices.last, entries[last].resource.isSame(as: entry.resource) {
                entries[last].add(entry)
            } else {
                entries.append(entry)
            }
        }
    }

    private static func isSorted(_ entries: [Entry]) -> Bool {
        zip(entries, entries.dropFirst()).allSatisfy { $0.resource.precedes($1.resource) }
    }

    /// The resources in a fixed order; one of which there are several copies appears as often.
    public var items: [Resource] {
        entries.flatMap { repeatElement($0.resource, count: $0.copies) }
    }

    /// Whether there is nothing.
    public var isEmpty: Bool { entries.isEmpty }

    /// How much there is of the amount called `name`, whosever it is. What is shared counts once.
    public func scalar(_ name: String) -> Scalar {
        var sum = Scalar.zero
        for entry in entries where entry.resource.name == name {
            guard case .scalar(let amount) = entry.resource.value else { continue }
            sum += entry.resource.metadata.isShared ? amount : amount * entry.copies
        }
        return sum
    }

    /// The numbers called `name`, whosever they are.
    public func ranges(_ name: String) -> ResourceRanges {
        var sum = ResourceRanges()
        for entry in entries where entry.resource.name == name {
            if case .ranges(let ranges) = entry.resource.value { sum = sum + ranges }
        }
        return sum
    }

    /// The names called `name`, whosever they are.
    public func set(_ name: String) -> ResourceSet {
        var sum = ResourceSet()
        for entry in entries where entry.resource.name == name {
            if case .set(let set) = entry.resource.value { sum = sum + set }
        }
        return sum
    }

    /// Calls `body` for every amount, with its name; several copies of the same are one amount.
    public func forEachScalar(_ body: (_ name: String, _ amount: Scalar) -> Void) {
        for entry in entries {
            guard case .scalar(let amount) = entry.resource.value else { continue }
            body(entry.resource.name, amount * entry.copies)
        }
    }

    /// What resources there are, each name once, in rising order.
    public var names: [String] {
        // Of few, looking is faster than hashing.
        guard entries.count <= 8 else { return Set(entries.map(\.resource.name)).sorted() }
        var names: [String] = []
        for entry in entries where !names.contains(entry.resource.name) { names.append(entry.resource.name) }
        return names.sorted()
    }
}

extension Resources: ExpressibleByArrayLiteral {
    /// The sum of these resources.
    public init(arrayLiteral resources: Resource...) {
        self.init(resources)
    }
}

extension Resources: CustomStringConvertible {
    /// As Mesos writes them: `cpus:4; mem:4096; ports:[31000-32000]`; `{}` for nothing.
    public var description: String {
        guard !isEmpty else { return "{}" }
        return entries.map { $0.copies > 1 ? "\($0.resource)<\($0.copies)>" : "\($0.resource)" }.joined(separator: "; ")
    }
}
