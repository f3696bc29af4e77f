import Glibc

/// What a folder takes on its disk, with all below it.
public struct FolderSize: Hashable, Sendable {
    /// In bytes, as the file system gives them out.
    public var bytes: Int64 = 0
    /// Files, folders and links.
    public var entries = 0
    /// Whether all was counted: false where there was too much, or it was nested too deep.
    public var isWhole = true

    /// How deep folders are followed.
    public static let maximumDepth = 256

    /// Counts what is below a folder.
    ///
    /// Whoever works in it meanwhile may change the result, but cannot lead the count out of the folder: no link is followed,
    /// and no other file system entered. A file with several names counts once.
    ///
    /// - Parameter entryLimit: after so many it ends, so that nobody can make it last.
    /// - Throws: if the folder itself cannot be read; what vanishes below it is passed over.
    public static func measure(_ folder: Folder, entryLimit: Int) throws(KernelError) -> FolderSize {
        let number = openat(folder.descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        _ = try KernelError.check(number, "measure the folder \(folder.path)")
        var facts = stat()
        guard fstat(number, &facts) == 0 else {
            close(number)
            throw KernelError("measure the folder \(folder.path)", code: errno)
        }
        var meter = Meter(device: facts.st_dev, entryLimit: entryLimit)
        meter.addAll(in: number, depth: 0)
        return meter.size
    }

    private struct Meter {
        let device: dev_t
        let entryLimit: Int
        var size = FolderSize()
        private var linked: Set<ino_t> = []

        init(device: dev_t, entryLimit: Int) {
            self.device = device
            self.entryLimit = entryLimit
        }

        /// Takes the descriptor over.
        mutating func addAll(in folder: Int32, depth: Int) {
            guard depth < FolderSize.maximumDepth, let stream = fdopendir(folder) else {
                close(folder)
                size.isWhole = false
                return
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                guard size.entries < entryLimit else {
                    size.isWhole = false
                    return
                }
                let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
                add((UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self), in: folder, depth: depth)
            }
        }

        private mutating func add(_ name: UnsafePointer<CChar>, in folder: Int32, depth: Int) {
            guard strcmp(name, ".") != 0, strcmp(name, "..") != 0 else { return }
            var facts = stat()
            guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_dev == device else { return }
            let isFolder = facts.st_mode & S_IFMT == S_IFDIR
            guard isFolder || facts.st_nlink < 2 || linked.insert(facts.st_ino).inserted else { return }
            size.entries += 1
            size.bytes += Int64(facts.st_blocks) * 512
            guard isFolder else { return }
            let number = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if number >= 0 { addAll(in: number, depth: depth + 1) }
        }
    }
}
