/// Things that are handed out by name, each once.
public struct ResourceSet: Hashable, Sendable {
    /// How many names are taken from outside in one resource.
    public static let maximumCount = 4096

    /// The names in rising order, each once.
    public let items: [String]

    /// These names, given in any order, repeated or not.
    public init(_ items: some Sequence<String> = []) {
        var sorted: [String] = []
        for item in items.sorted() where item != sorted.last { sorted.append(item) }
        self.items = sorted
    }

    /// Whether there is no name.
    public var isEmpty: Bool { items.isEmpty }

    /// Whether every name of `other` is there.
    public func contains(_ other: ResourceSet) -> Bool {
        Set(items).isSuperset(of: other.items)
    }

    /// The names of both.
    public static func + (left: ResourceSet, right: ResourceSet) -> ResourceSet {
        ResourceSet(left.items + right.items)
    }

    /// The names of `left` that are not in `right`.
    public static func - (left: ResourceSet, right: ResourceSet) -> ResourceSet {
        let taken = Set(right.items)
        return ResourceSet(left.items.filter { !taken.contains($0) })
    }
}

extension ResourceSet: CustomStringConvertible {
    /// As Mesos writes them: `{a, b}`.
    public var description: String { "{" + items.joined(separator: ", ") + "}" }
}
