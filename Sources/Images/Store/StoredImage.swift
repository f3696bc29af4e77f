/// An image of the store by one of its names.
public struct StoredImage: Hashable, Sendable {
    /// The name in full; equal names have equal texts.
    public let reference: String
    /// See ``Image/digest``.
    public let digest: ImageDigest
    /// What its layers hold when unpacked; what it shares with other images counts for each.
    public let bytes: Int64
    /// When it was pulled under this name, in seconds since 1970.
    public let pulled: Double
    /// When it was last asked for to be run, or seen to run, in seconds since 1970.
    public let lastUsed: Double
    /// The containers that run from it, sorted.
    public let users: [String]
}

/// What was removed from a store.
public struct ImageRemoval: Hashable, Sendable {
    /// The names that are gone, sorted.
    public var references: [String] = []
    /// How many layers are gone.
    public var layers = 0
    /// What these held, unpacked.
    public var bytes: Int64 = 0

    /// Nothing was.
    public init() {}

    /// Both together.
    static func + (left: ImageRemoval, right: ImageRemoval) -> ImageRemoval {
        var sum = left
        sum.references = (left.references + right.references).sorted()
        sum.layers += right.layers
        sum.bytes += right.bytes
        return sum
    }
}
