/// Why the files of a task could not be brought.
public struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to treat differently.
    public enum Code: String, Hashable, Sendable {
        /// The text is no URI, or one that says too little.
        case invalidURI
        /// A kind of URI that is not fetched.
        case unsupported
        /// There is no such file.
        case notFound
        /// The file is there, but not for this user.
        case forbidden
        /// The server cannot be reached or answers something else than the file.
        case unreachable
        /// The server sends nothing, or next to nothing.
        case stalled
        /// A limit of ``FetchLimits`` is exceeded.
        case limitExceeded
        /// An archive cannot be read.
        case invalidArchive
        /// An archive, or what stands in the sandbox, would have something written where it must not be.
        case unsafeArchive
        /// The sandbox or the cache cannot be written.
        case storage
        /// The task was killed meanwhile.
        case cancelled
    }

    /// What kind of failure it is.
    public let code: Code
    /// What was fetched, without a password; nothing if the failure is not about one file.
    public internal(set) var uri: String?
    /// What was attempted, why it failed, what to do.
    public let reason: String

    init(_ code: Code, _ reason: String, uri: String? = nil) {
        self.code = code
        self.reason = reason
        self.uri = uri
    }

    /// One line for people.
    public var description: String {
        guard let uri else { return "cannot fetch: \(reason)" }
        return "cannot fetch \(uri): \(reason)"
    }

    static let cancelled = FetchError(.cancelled, "it was stopped")

    func about(_ uri: String) -> FetchError {
        var error = self
        error.uri = error.uri ?? uri
        return error
    }
}
