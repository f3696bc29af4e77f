import CLinuxKernel
import Glibc

extension Folder {
    /// Removes a file, or a folder with all that is in it. What is not there is removed already.
    ///
    /// Symbolic links are removed, never followed, and another file system mounted inside is refused (`EXDEV`).
    /// Folders may be nested as deep as whoever filled them liked: what lies deeper than a limit is first moved up,
    /// so that neither our stack nor our descriptors run out.
    public func removeTree(_ name: String) throws(KernelError) {
        var waiting = [name]
        var moved = 0
        while let next = waiting.popLast() {
            try remove(next, in: self, depth: 0) { (parent, deep) throws(KernelError) in
                moved += 1
                let place = ".agora-removed-\(getpid())-\(moved)-\(name.prefix(64))"
                let result = renameat(parent.descriptor.number, deep, descriptor.number, place)
                _ = try KernelError.check(result, "move \(parent.path)/\(deep) to remove it")
                waiting.append(place)
            }
        }
    }

    private static var deepest: Int { 48 }

    private func remove(
        _ name: String,
        in parent: Folder,
        depth: Int,
        moveUp: (Folder, String) throws(KernelError) -> Void
    ) throws(KernelError) {
        if unlinkat(parent.descriptor.number, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw KernelError("remove \(parent.path)/\(name)", code: errno) }
        if unlinkat(parent.descriptor.number, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw KernelError("remove \(parent.path)/\(name)", code: errno) }
        guard depth < Self.deepest else { return try moveUp(parent, name) }
        let folder = try parent.folder(name, links: .sameFileSystem)
        for child in try folder.names() {
            try remove(child, in: folder, depth: depth + 1, moveUp: moveUp)
        }
        let result = unlinkat(parent.descriptor.number, name, AT_REMOVEDIR)
        if result != 0 && errno != ENOENT { throw KernelError("remove \(parent.path)/\(name)", code: errno) }
    }
}
