import LinuxKernel

/// The folder of a container that is about to be: made for the fetch, and taken away again if that fails.
struct SandboxPlace: Sendable {
    let folder: Folder
    let isNew: Bool
    private let parent: Folder
    private let name: String

    /// Opens a sandbox, making it if it is missing. Below the sandbox at the top no symbolic link is followed.
    init(_ path: String, rootSandbox: String?) throws(FetchError) {
        let parts = path.split(separator: "/").map(String.init)
        guard path.hasPrefix("/"), let name = parts.last, !parts.contains("..") else {
            throw FetchError(.storage, "the sandbox must be an absolute path without \"..\", is \"\(path)\"")
        }
        self.name = name
        let above = "/" + parts.dropLast().joined(separator: "/")
        do {
            parent = try Self.parent(above, rootSandbox: rootSandbox)
            isNew = try parent.makeFolder(name)
            folder = try parent.folder(name)
        } catch {
            throw FetchError(.storage, "\(error)")
        }
    }

    private static func parent(_ path: String, rootSandbox: String?) throws(KernelError) -> Folder {
        guard let rootSandbox, path.hasPrefix(rootSandbox) else { return try Folder.make(path) }
        let below = path.dropFirst(rootSandbox.count)
        guard below.isEmpty || below.hasPrefix("/") else { return try Folder.make(path) }
        return try Folder.open(rootSandbox).makePath(String(below)).folder
    }

    /// Something that can be written into.
    func open(_ owner: FileOwner?, _ budget: FetchBudget) throws(FetchError) -> SandboxTree {
        let root: Descriptor
        do {
            root = try folder.file(".", flags: Self.folderFlags)
        } catch {
            throw FetchError(.storage, "\(error)")
        }
        let tree = SandboxTree(root: root, owner: owner, budget: budget)
        if isNew { try tree.finish(root, mode: 0o755, [0x2e, 0]) }
        return tree
    }

    /// Removes a sandbox that was made for nothing.
    func abandon() {
        guard isNew else { return }
        // What cannot be removed stays in the work directory, as the sandboxes of ended tasks do.
        try? parent.removeTree(name)
    }

    // O_RDONLY | O_DIRECTORY
    private static let folderFlags: Int32 = 0o200000
}
