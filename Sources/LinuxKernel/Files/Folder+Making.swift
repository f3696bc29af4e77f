extension Folder {
    /// Opens a folder some levels below this one, making what is missing; no symbolic link is followed.
    ///
    /// - Returns: the folder, and whether it is new.
    public func makePath(_ path: String, mode: UInt32 = 0o755) throws(KernelError) -> (folder: Folder, isNew: Bool) {
        var current = self
        var isNew = false
        for name in path.split(separator: "/") {
            isNew = try current.makeFolder(String(name), mode: mode)
            current = try current.folder(String(name))
        }
        return (current, isNew)
    }
}
