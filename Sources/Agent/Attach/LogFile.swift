import Containers
import Glibc
import LinuxKernel

/// One of the files that a container's output goes into, read from some place on; it may have been given another name
/// meanwhile, when it was full.
struct LogFile {
    let file: Descriptor
    private let folder: Folder
    private let name: String
    private let inode: UInt
    private var offset: Int

    /// What older files may be numbered.
    private static let numbers = LogLimit.rangeOfFiles

    /// - Parameter fromStart: whether to begin with the oldest file, instead of with what comes next.
    init(_ name: String, in folder: Folder, fromStart: Bool) throws(KernelError) {
        var oldest = name
        if fromStart {
            for number in Self.numbers {
                let older = "\(name).\(number)"
                guard (try? Self.open(older, folder)) != nil else { break }
                oldest = older
            }
        }
        try self.init(name, folder, opened: oldest)
        var facts = stat()
        if !fromStart, fstat(file.number, &facts) == 0 { offset = facts.st_size }
    }

    private init(_ name: String, _ folder: Folder, opened: String) throws(KernelError) {
        self.name = name
        self.folder = folder
        offset = 0
        file = try Self.open(opened, folder)
        var facts = stat()
        guard fstat(file.number, &facts) == 0 else { throw KernelError("look at \(folder.path)/\(opened)", code: errno) }
        inode = facts.st_ino
    }

    /// The folder is the container's: what stands there may be anything.
    private static func open(_ name: String, _ folder: Folder) throws(KernelError) -> Descriptor {
        let file = try folder.file(name, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
        var facts = stat()
        guard fstat(file.number, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw KernelError("read \(folder.path)/\(name), which is no ordinary file", code: EPERM)
        }
        return file
    }

    /// What comes next in this file; empty at its end.
    mutating func read(upTo limit: Int) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            filled = max(pread(file.number, buffer.baseAddress, limit, offset), 0)
        }
        offset += bytes.count
        return bytes
    }

    /// Whether output still goes into this file.
    var isNewest: Bool { number(of: name) == inode }

    /// The file that follows this one; nothing while this is the newest, or while the next is being made.
    func next() -> LogFile? {
        if isNewest { return nil }
        var newer = name
        for number in Self.numbers {
            let older = "\(name).\(number)"
            guard let found = self.number(of: older) else { break }
            if found == inode { return try? LogFile(name, folder, opened: newer) }
            newer = older
        }
        // It is gone: the oldest that is left comes next.
        return try? LogFile(name, folder, opened: newer)
    }

    private func number(of name: String) -> UInt? {
        var facts = stat()
        return fstatat(folder.descriptor.number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? facts.st_ino : nil
    }
}
