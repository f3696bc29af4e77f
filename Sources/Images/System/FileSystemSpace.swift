import Glibc

/// How much room a file system has.
struct FileSystemSpace {
    /// From 0 to 1, of what may be used by everybody.
    let free: Double

    init(at path: String) throws(ImageError) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw systemError("ask for the free space of", path) }
        let used = Double(status.f_blocks) - Double(status.f_bfree)
        let usable = used + Double(status.f_bavail)
        free = usable > 0 ? Double(status.f_bavail) / usable : 1
    }
}
