/// The name of one thing in the cluster, as a type of its own so that no two kinds are ever confused.
///
/// The rules for names from outside are those of Mesos (`common/validation`): not empty, at most 255 bytes, no
/// slash or backslash, no control character, not `.` and not `..`, because names become folder names.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// What the name names, for messages: "task id".
    static var kind: String { get }
    /// The name itself.
    var value: String { get }
    /// A name that is known to be good, because we made it or checked it before.
    init(_ value: String)
    /// Checks a name that came from outside.
    init(validating value: String) throws(InvalidName)
}

extension Identifier {
    /// Checks a name that came from outside.
    public init(validating value: String) throws(InvalidName) {
        try IdentifierRules.check(value, what: Self.kind)
        self.init(value)
    }

    /// The name itself.
    public var description: String { value }

    /// In the order of the names.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The rules that all names share which may become the name of a folder.
enum IdentifierRules {
    /// The longest name, in bytes: what Linux allows for a file name.
    static let maximumLength = 255

    /// Throws if `value` breaks a rule.
    static func check(_ value: String, what: String, maximumLength: Int = maximumLength) throws(InvalidName) {
        if let reason = violation(value, maximumLength: maximumLength) {
            throw InvalidName(what: what, value: value, reason: reason)
        }
    }

    private static func violation(_ value: String, maximumLength: Int) -> String? {
        if value.isEmpty { return "must not be empty" }
        if value.utf8.count > maximumLength { return "is \(value.utf8.count) bytes long; \(maximumLength) are allowed" }
        if value == "." || value == ".." { return "is the name of a folder itself; choose another name" }
        if value.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
            return "must not contain a slash or a backslash"
        }
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "must not contain control characters"
        }
        return nil
    }
}
