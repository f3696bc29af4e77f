/// Resources that cannot be: badly written, badly described, or not there to be taken away.
public struct ResourcesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How many characters of the wrong piece are shown.
    public static let maximumShownLength = 120

    /// The piece that is wrong, as it was given, made printable and cut to ``maximumShownLength`` characters.
    public let piece: String
    /// Why it is wrong and what would be right.
    public let reason: String

    /// Says that `piece` is wrong, and why.
    public init(piece: String, reason: String) {
        self.piece = piece.clipped(to: Self.maximumShownLength)
        self.reason = reason
    }

    /// For example `resource 'cpus:x': 'x' is not a number`.
    public var description: String {
        "resource '\(piece)': \(reason)"
    }
}
