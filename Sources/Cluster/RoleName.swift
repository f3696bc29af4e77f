/// Who resources are for: a path in the tree of roles, such as `eng/web`, or `*` for everybody.
///
/// The rules are those of Mesos (`roles.md`): the path has neither leading, trailing nor doubled slashes, and none of
/// its components is `.`, `..` or `*`, begins with `-`, or contains white space or control characters.
public struct RoleName: Identifier {
    /// The name of the kind in messages.
    public static let kind = "role"
    /// The role of resources that are reserved for nobody.
    public static let `default` = RoleName("*")
    /// The longest path, in bytes.
    public static let maximumLength = 1024

    /// The path as it is written.
    public let value: String

    /// A path that is known to be good.
    public init(_ value: String) {
        self.value = value
    }

    /// Checks a path that came from outside.
    public init(validating value: String) throws(InvalidName) {
        if let reason = Self.violation(value) {
            throw InvalidName(what: Self.kind, value: value, reason: reason)
        }
        self.value = value
    }

    private static func violation(_ value: String) -> String? {
        if value == "*" { return nil }
        if value.isEmpty { return "must not be empty; '*' is the role of everybody" }
        if value.utf8.count > maximumLength { return "is \(value.utf8.count) bytes long; \(maximumLength) are allowed" }
        for component in value.split(separator: "/", omittingEmptySubsequences: false) {
            if let reason = violation(component: component) { return reason }
        }
        return nil
    }

    private static func violation(component: Substring) -> String? {
        if component.isEmpty { return "must not begin or end with '/' nor contain '//'" }
        if component == "." || component == ".." || component == "*" { return "must not have '\(component)' as a component" }
        if component.utf8.first == UInt8(ascii: "-") { return "no component may begin with '-'" }
        let isForbidden = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace || scalar.properties.generalCategory == .control }
        return component.unicodeScalars.contains(where: isForbidden) ? "must not contain white space or control characters" : nil
    }

    /// The components of the path, the top one first.
    public var components: [Substring] { value.split(separator: "/") }

    /// The role above this one; none for a top role and for `*`.
    public var parent: RoleName? {
        value.lastIndex(of: "/").map { RoleName(String(value[..<$0])) }
    }

    /// Whether `other` is somewhere below this role; false for the role itself. `*` is above nobody.
    public func isAncestor(of other: RoleName) -> Bool {
        let own = value.utf8
        let theirs = other.value.utf8
        guard theirs.count > own.count, theirs.starts(with: own) else { return false }
        return theirs[theirs.index(theirs.startIndex, offsetBy: own.count)] == UInt8(ascii: "/")
    }
}
