/// A name from outside that breaks the rules for its kind.
public struct InvalidName: Error, Hashable, Sendable, CustomStringConvertible {
    /// How many characters of a bad name are shown.
    public static let maximumShownLength = 80

    /// The kind of name, for example "container id".
    public let what: String
    /// The name as given, made printable and cut to ``maximumShownLength`` characters.
    public let value: String
    /// The rule it breaks and what would be right.
    public let reason: String

    /// Says that `value` cannot be a `what`.
    public init(what: String, value: String, reason: String) {
        self.what = what
        self.value = value.clipped(to: Self.maximumShownLength)
        self.reason = reason
    }

    /// For example `container id 'a.b': must not contain '.'`.
    public var description: String {
        "\(what) '\(value)': \(reason)"
    }
}
