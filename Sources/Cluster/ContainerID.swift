/// The name of a container together with the names of all containers around it.
///
/// Two containers in different parents may bear the same ``value``; the whole path tells them apart.
/// The rules for each name are those of ``Identifier``, and besides: no `.`, no space, at most 242 bytes.
public struct ContainerID: Hashable, Sendable {
    /// How many levels there may be: as many as the kernel nests pid namespaces (`pid_namespaces(7)`).
    public static let maximumDepth = 32
    /// The longest name of one level, in bytes.
    public static let maximumLength = 242

    /// The names from the outermost container to this one; never empty.
    public let path: [String]

    /// A container without parent, of a name that is known to be good.
    public init(_ value: String) {
        path = [value]
    }

    /// Checks names that came from outside, outermost first.
    public init(validating path: [String]) throws(InvalidName) {
        let shown = path.prefix(Self.maximumDepth).joined(separator: ".")
        guard !path.isEmpty else {
            throw InvalidName(what: "container id", value: shown, reason: "must not be empty")
        }
        guard path.count <= Self.maximumDepth else {
            let reason = "is nested \(path.count) levels deep; \(Self.maximumDepth) are allowed"
            throw InvalidName(what: "container id", value: shown, reason: reason)
        }
        for value in path { try Self.check(value) }
        self.path = path
    }

    private init(trusted path: [String]) {
        self.path = path
    }

    private static func check(_ value: String) throws(InvalidName) {
        try IdentifierRules.check(value, what: "container id", maximumLength: maximumLength)
        guard value.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }) else { return }
        throw InvalidName(what: "container id", value: value, reason: "must not contain '.' or a space")
    }

    /// The container's own name.
    public var value: String { path[path.count - 1] }

    /// The container around this one.
    public var parent: ContainerID? {
        path.count > 1 ? ContainerID(trusted: Array(path.dropLast())) : nil
    }

    /// The outermost container around this one; itself if it has no parent.
    public var root: ContainerID { ContainerID(trusted: [path[0]]) }

    /// The number of levels; 1 for a container without parent.
    public var depth: Int { path.count }

    /// A container inside this one, of a name that is known to be good.
    public func child(_ value: String) -> ContainerID {
        ContainerID(trusted: path + [value])
    }

    /// A container inside this one, of a name that came from outside.
    public func child(validating value: String) throws(InvalidName) -> ContainerID {
        try ContainerID(validating: path + [value])
    }

    /// Whether this container is somewhere inside `other`; false for `other` itself.
    public func isDescendant(of other: ContainerID) -> Bool {
        path.count > other.path.count && path.starts(with: other.path)
    }
}

extension ContainerID: Comparable {
    /// Parents before their children, siblings by name.
    public static func < (left: ContainerID, right: ContainerID) -> Bool {
        left.path.lexicographicallyPrecedes(right.path)
    }
}

extension ContainerID: CustomStringConvertible {
    /// The names from the outermost to this one, separated by dots: `pod.web.probe`.
    public var description: String { path.joined(separator: ".") }
}
