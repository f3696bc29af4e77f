import Containers
import Glibc
import LinuxKernel

/// One of the files that a container's output goes into, read from some place on; it may have been given another name
/// meanwhile, when it was full.
struct LogFile {
    let file: Descriptor
    let folder: Folder
    /// Of the newest file; older ones have a number after it.
    let name: String
    let inode: UInt
    /// Where reading goes on.
    var offset = 0

    /// What older files may be numbered.
    private static let numbers = LogLimit.rangeOfFiles
    /// How often a file is looked for that is just being given another name.
    private static let looks = 100

    /// The first that is kept, from its beginning.
    static func oldest(_ name: String, in folder: Folder) throws(KernelError) -> LogFile {
        var oldest = name
        eachOlder(name, folder) { number, _ in
            oldest = "\(name).\(number)"
            return true
        }
        return try LogFile(name, folder, opened: oldest)
    }

    /// The one that is written to, from its end.
    static func newest(_ name: String, in folder: Folder) throws(KernelError) -> LogFile {
        var newest = try LogFile(name, folder, opened: name)
        newest.offset = newest.size
        return newest
    }

    private init(_ name: String, _ folder: Folder, opened: String) throws(KernelError) {
        self.name = name
        self.folder = folder
        file = try Self.open(opened, folder)
        var facts = stat()
        guard fstat(file.number, &facts) == 0 else { throw KernelError("look at \(folder.path)/\(opened)", code: errno) }
        inode = facts.st_ino
    }

    /// The folder is the container's: what stands there may be anything.
    static func open(_ name: String, _ folder: Folder) throws(KernelError) -> Descriptor {
        let file = try folder.file(name, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
        var facts = stat()
        guard fstat(file.number, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw KernelError("read \(folder.path)/\(name), which is no ordinary file", code: EPERM)
        }
        return file
    }

    /// What comes next in this file; empty at its end.
    mutating func read(upTo limit: Int) -> [UInt8] {
        let bytes = file.bytes(at: offset, count: limit)
        offset += bytes.count
        return bytes
    }

    /// How much is in it, in bytes.
    var size: Int { facts?.st_size ?? 0 }
    var facts: stat? {
        var facts = stat()
        return fstat(file.number, &facts) == 0 ? facts : nil
    }

    /// Whether output still goes into this file.
    var isNewest: Bool { Self.inode(of: name, folder) == inode }

    /// Its number; 0: it is the newest. Nothing if it is gone, or just being given another number.
    var number: Int? {
        if isNewest { return 0 }
        var own: Int?
        Self.eachOlder(name, folder) { number, found in
            if found == inode { own = number }
            return own == nil
        }
        return own
    }

    /// The file that follows this one; nothing while this is the newest, or while the next is being made.
    func next() -> LogFile? {
        if isNewest { return nil }
        var newer = name
        Self.eachOlder(name, folder) { number, found in
            if found == inode { return false }
            newer = "\(name).\(number)"
            return true
        }
        // If this one is gone, the oldest that is left comes next.
        return try? LogFile(name, folder, opened: newer)
    }

    /// The file before this one, from its end; nothing if this is the oldest.
    func previous() -> LogFile? {
        for _ in 0..<Self.looks {
            guard let number else { continue }
            guard var found = try? LogFile(name, folder, opened: "\(name).\(number + 1)") else {
                guard Self.inode(of: "\(name).\(number + 2)", folder) == nil else { continue }
                return nil
            }
            // Unless names have moved on meanwhile.
            guard self.number == number else { continue }
            found.offset = found.size
            return found
        }
        return nil
    }

    /// How much was kept before this place, in bytes.
    var before: Int {
        var sum = offset
        var file = self
        while let older = file.previous() {
            sum += older.offset
            file = older
        }
        return sum
    }

    /// Goes through the older files, the newest of them first, until `body` says false. While names are moved on, one of
    /// them may be missing.
    private static func eachOlder(_ name: String, _ folder: Folder, _ body: (_ number: Int, _ inode: UInt) -> Bool) {
        var missing = 0
        for number in numbers where missing < 2 {
            guard let found = inode(of: "\(name).\(number)", folder) else {
                missing += 1
                continue
            }
            missing = 0
            guard body(number, found) else { return }
        }
    }

    private static func inode(of name: String, _ folder: Folder) -> UInt? {
        var facts = stat()
        return fstatat(folder.descriptor.number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? facts.st_ino : nil
    }
}

extension Descriptor {
    /// What stands at a place of a file; fewer bytes at its end.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(pread(number, buffer.baseAddress, count, offset), 0)
        }
    }
}
