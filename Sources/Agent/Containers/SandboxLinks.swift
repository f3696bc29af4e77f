import AgentCore

/// Makes the links in the tree of sandboxes: beside an executor's runs, and in a sandbox that its tasks write into.
struct SandboxLinks {
    let workDirectory: String

    /// - Throws: what stands in the way, as a text.
    func make(_ link: SandboxLink) throws(AgentError) {
        var components = link.path.dropFirst(workDirectory.count).split(separator: "/").map(String.init)
        guard link.path.hasPrefix(workDirectory + "/"), let name = components.popLast() else {
            throw AgentError("cannot make the link \(link.path): it is outside of the work directory")
        }
        do {
            var folder = try SandboxPath(anchor: workDirectory)
            defer { folder.close() }
            try folder.enter(components, mode: 0o755)
            try folder.link(name, to: link.target)
        } catch {
            throw AgentError("cannot make the link \(link.path): \(error)")
        }
    }
}
