import Glibc

extension Folder {
    /// Moves what has a name in this folder into another folder, under a new name.
    ///
    /// - Returns: false if nothing has that name.
    /// - Throws: `EXDEV` if the other folder lies in another file system.
    public func move(_ name: String, to folder: Folder, as newName: String) throws(KernelError) -> Bool {
        if renameat(descriptor.number, name, folder.descriptor.number, newName) == 0 { return true }
        guard errno == ENOENT else { throw KernelError("move \(path)/\(name) to \(folder.path)/\(newName)", code: errno) }
        return false
    }

    /// Moves a folder, unless there is one with something in it in its place.
    ///
    /// - Returns: false if there is.
    public func moveFolder(_ name: String, to folder: Folder, as newName: String) throws(KernelError) -> Bool {
        if renameat(descriptor.number, name, folder.descriptor.number, newName) == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw KernelError("move \(path)/\(name) to \(folder.path)/\(newName)", code: errno)
        }
        return false
    }
}
