/// A sandbox, or what is in it, that cannot be shown or fetched.
struct SandboxError: Error, CustomStringConvertible, Hashable {
    let description: String
    /// Whether the file or folder is not there, or not any more.
    let isMissing: Bool

    init(_ description: String, isMissing: Bool = false) {
        self.description = description
        self.isMissing = isMissing
    }
}
