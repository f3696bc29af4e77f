/// Why there is no filter.
public struct SeccompError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which profile, what is wrong in it, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The same, of a named profile.
    func of(_ name: String) -> SeccompError {
        SeccompError("the seccomp profile \"\(name)\": \(description)")
    }
}
