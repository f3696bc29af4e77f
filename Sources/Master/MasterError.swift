/// Why a master could not start, or had to end.
public struct MasterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted, on what, why it failed, what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
