/// Why JSON, or a message in binary, is not the message that was expected.
public struct MesosJSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field, from the top: `subscribe.framework_info.name`, `accept.offer_ids[3]`. Empty for the whole body.
    public var path: String

    /// What is wrong with it.
    public var problem: String

    /// `path: problem`.
    public var description: String {
        path.isEmpty ? problem : "\(path): \(problem)"
    }

    init(_ problem: String, path: String = "") {
        self.path = path
        self.problem = problem
    }

    /// The same error as seen from the message that holds the field.
    func inside(_ field: String) -> MesosJSONError {
        let joint = path.isEmpty || path.hasPrefix("[") ? "" : "."
        return MesosJSONError(problem, path: field + joint + path)
    }
}
