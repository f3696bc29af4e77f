/// A path as users name it, taken apart: the sandbox, and what is meant in it.
struct SandboxLocation: Hashable {
    /// The sandbox's folder, absolute; may end in the link `latest`.
    var sandbox: String
    /// Relative to the sandbox.
    var rest: String

    /// Accepts the path on the host, and the virtual one that hides the agent's id:
    ///
    /// - `<work dir>/slaves/<agent>/frameworks/<f>/executors/<e>/runs/<container or latest>/…`
    /// - `/frameworks/<f>/executors/<e>/runs/<container or latest>/…`
    /// - `<work dir>/containers/<id>/…`, or `/containers/<id>/…`
    ///
    /// Nothing for every other path: only sandboxes are shown.
    init?(path: String, workDirectory: String, agentID: String?) {
        guard !path.contains("\0") else { return nil }
        let components = path.split(separator: "/").map(String.init)
        let work = workDirectory.split(separator: "/").map(String.init)
        if components.starts(with: work), let found = Self.split(Array(components.dropFirst(work.count)), workDirectory) {
            self = found
        } else if components.first == "containers", let found = Self.split(components, workDirectory) {
            self = found
        } else if let agentID, let found = Self.split(["slaves", agentID] + components, workDirectory) {
            self = found
        } else {
            return nil
        }
    }

    private init(sandbox: String, rest: String) {
        self.sandbox = sandbox
        self.rest = rest
    }

    private static func split(_ components: [String], _ workDirectory: String) -> SandboxLocation? {
        let isExecutor =
            components.count >= 8 && components[0] == "slaves" && components[2] == "frameworks"
            && components[4] == "executors" && components[6] == "runs"
        let isStandalone = components.count >= 2 && components[0] == "containers"
        guard isExecutor || isStandalone else { return nil }
        let count = isExecutor ? 8 : 2
        let anchor = components.prefix(count)
        guard !anchor.contains(".."), !anchor.contains(".") else { return nil }
        return SandboxLocation(
            sandbox: workDirectory + "/" + anchor.joined(separator: "/"),
            rest: components.dropFirst(count).joined(separator: "/")
        )
    }
}
