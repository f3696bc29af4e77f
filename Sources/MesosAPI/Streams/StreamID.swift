/// One open event stream, numbered by the shell and never reused.
public struct StreamID: Hashable, Comparable, Sendable {
    /// The number.
    public let number: UInt64

    /// The stream with this number.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// By number, that is by age.
    public static func < (left: StreamID, right: StreamID) -> Bool { left.number < right.number }
}
