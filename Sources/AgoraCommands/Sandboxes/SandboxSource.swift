import MesosMessages

/// The sandbox of a task, as its agent shows it.
struct SandboxSource: Sendable {
    let client: AgentClient
    /// As the agent's file calls name it.
    let directory: String
    let taskID: String

    /// What a folder holds, by name; for a file that itself.
    func entries(of path: String) async throws -> [SandboxEntry] {
        if let entries = try await folder(path) { return entries }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let siblings = SandboxEntry.name(of: path) == nil ? nil : try await folder(parent)
        if let entry = siblings?.first(where: { $0.name == SandboxEntry.name(of: path) }) { return [entry] }
        throw missing(path)
    }

    /// What a folder holds; nothing if there is no such folder.
    func folder(_ path: String) async throws -> [SandboxEntry]? {
        let whole = whole(path)
        return try await client.list(whole)?.map { info throws(SandboxError) in try SandboxEntry(info, in: whole) }
    }

    /// Whether a path is a folder rather than a file; an error if it is neither.
    func isFolder(_ path: String) async throws -> Bool {
        if try await client.list(whole(path)) != nil { return true }
        guard try await client.read(whole(path), from: .max) != nil else { throw missing(path) }
        return false
    }

    /// Hands on a file as it is now, as long as `deliver` wants it.
    func download(_ path: String, _ deliver: ([UInt8]) async throws -> Bool) async throws {
        do {
            try await client.download(whole(path), deliver)
        } catch let error as ClientError where error.status == 404 {
            guard try await client.list(whole(path)) == nil else {
                throw SandboxError("\"\(path.clipped)\" is a folder; fetch it with `agora files get \(taskID.clipped) \(path.clipped)`")
            }
            throw missing(path)
        }
    }

    private func whole(_ path: String) -> String {
        let rest = path.split(separator: "/").filter { $0 != "." }
        return ([directory[...]] + rest).joined(separator: "/")
    }

    private func missing(_ path: String) -> SandboxError {
        let task = taskID.clipped
        guard path.split(separator: "/").contains(where: { $0 != "." }) else {
            return SandboxError(
                "the sandbox of \(task) is not there any more; agents remove sandboxes some time after the end of a task",
                isMissing: true
            )
        }
        return SandboxError(
            "there is no \"\(path.printable)\" in the sandbox of \(task); `agora files ls \(task)` lists what there is",
            isMissing: true
        )
    }
}
