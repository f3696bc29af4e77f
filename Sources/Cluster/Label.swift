/// A free-form remark of its owner.
public struct Label: Hashable, Comparable, Sendable {
    /// What the remark is about.
    public let key: String
    /// The remark; a label may be a key alone.
    public let value: String?

    /// A remark about `key`.
    public init(key: String, value: String? = nil) {
        self.key = key
        self.value = value
    }

    /// By key, then by value; a key alone comes first.
    public static func < (left: Label, right: Label) -> Bool {
        guard left.key == right.key else { return left.key < right.key }
        guard let value = left.value else { return right.value != nil }
        return right.value.map { value < $0 } ?? false
    }
}

extension Label: CustomStringConvertible {
    /// `key: value`, or the key alone.
    public var description: String { value.map { "\(key): \($0)" } ?? key }
}
