import Glibc
import LinuxKernel

/// The folders of an agent in which sandboxes stand, those of its former ids too. All above a sandbox belongs to the agent.
struct SandboxTree {
    let workDirectory: String

    /// Where the sandboxes of executors are; nothing stands for every name.
    private static let runs: [String?] = ["slaves", nil, "frameworks", nil, "executors", nil, "runs"]

    /// A sandbox, and how old it is.
    struct Entry {
        /// The folder in which it stands.
        let parent: Folder
        let name: String
        /// When it was changed last, in seconds since 1970.
        var changed: Double
        var inode: UInt
        var path: String { "\(parent.path)/\(name)" }
    }

    /// All sandboxes of executors and of containers of operators.
    func entries() -> [Entry] {
        var found: [Entry] = []
        forEachFolder(below: workDirectory, Self.runs) { found += entries(in: $0) }
        forEachFolder(below: workDirectory, ["containers"]) { found += entries(in: $0) }
        return found
    }

    /// Removes the folders of executors, frameworks and former agents in which nothing is left.
    func removeEmptyFolders(holds: SandboxHolds) {
        forEachFolder(below: workDirectory, Self.runs) { runs in
            guard (try? runs.names()) == ["latest"] else { return }
            // It points to a run that is gone.
            holds.unlessHeld(below: runs.path) { unlinkat(runs.descriptor.number, "latest", 0) }
        }
        for depth in (2...Self.runs.count).reversed() {
            forEachFolder(below: workDirectory, Array(Self.runs.prefix(depth - 1))) { above in
                for name in matches(Self.runs[depth - 1], in: above) {
                    holds.unlessHeld(below: "\(above.path)/\(name)") { unlinkat(above.descriptor.number, name, AT_REMOVEDIR) }
                }
            }
        }
    }

    private func entries(in folder: Folder) -> [Entry] {
        ((try? folder.names()) ?? []).compactMap { name in
            var facts = stat()
            guard fstatat(folder.descriptor.number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
                return nil
            }
            let changed = Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) / 1e9
            return Entry(parent: folder, name: name, changed: changed, inode: facts.st_ino)
        }
    }

    /// Goes into the folders of these names; nothing stands for every name.
    private func forEachFolder(below path: String, _ names: [String?], _ body: (Folder) -> Void) {
        guard let start = try? Folder.open(path) else { return }
        visit(start, names[...], body)
    }

    /// The name itself, or all that there are.
    private func matches(_ name: String?, in folder: Folder) -> [String] {
        name.map { [$0] } ?? (try? folder.names()) ?? []
    }

    private func visit(_ folder: Folder, _ names: ArraySlice<String?>, _ body: (Folder) -> Void) {
        guard let first = names.first else { return body(folder) }
        for name in matches(first, in: folder) {
            if let next = try? folder.folder(name) { visit(next, names.dropFirst(), body) }
        }
    }
}

extension SandboxTree.Entry {
    /// Makes it as old as it is now: it is in use.
    func touch() {
        utimensat(parent.descriptor.number, name, nil, AT_SYMLINK_NOFOLLOW)
    }
}
