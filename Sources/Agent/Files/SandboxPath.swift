#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a path below a folder could not be followed.
enum SandboxPathError: Error, Hashable {
    /// Nothing is there, or what is there is not for reading.
    case notFound
    /// It leads out of the folder.
    case escapes
    /// The system refused, for that reason.
    case failed(Int32)
}

/// Follows paths below a folder that strangers write into.
///
/// Every step is taken from an open folder, with O_NOFOLLOW; symbolic links are read and followed by hand, and may
/// lead anywhere below the folder, never out of it, whatever is exchanged meanwhile. See openat(2), path_resolution(7).
struct SandboxPath {
    private var folders: [Int32]
    private var links = 0

    private static let maximumLinks = 40

    /// A folder as a place to go on from, without a right to read it. O_PATH, which Swift does not import, is 0o10000000
    /// on every Linux.
    private static let folderFlags: Int32 = 0o10000000 | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW

    /// Begins at a folder that only the agent can exchange.
    init(anchor: String) throws(SandboxPathError) {
        let descriptor = openat(AT_FDCWD, anchor, Self.folderFlags)
        guard descriptor >= 0 else { throw Self.failure() }
        folders = [descriptor]
    }

    /// Closes what is open on the way.
    consuming func close() {
        for folder in folders { _ = closeDescriptor(folder) }
    }

    /// Opens what the path leads to. Folders open for listing; of files only plain ones.
    mutating func open(_ path: String) throws(SandboxPathError) -> Int32 {
        try open(components: path.split(separator: "/").map(String.init), flags: O_RDONLY | O_NONBLOCK)
    }

    /// Makes the folders of a path that are missing, opens the last one and leaves it as the place to begin.
    mutating func enter(_ components: [String], mode: mode_t) throws(SandboxPathError) {
        for component in components {
            guard let top = folders.last else { throw .escapes }
            guard mkdirat(top, component, mode) == 0 || errno == EEXIST else { throw Self.failure() }
            try descend(into: component)
        }
    }

    /// Puts a symbolic link into the folder entered last, in place of an older one.
    func link(_ name: String, to target: String) throws(SandboxPathError) {
        guard let top = folders.last else { throw .escapes }
        let temporary = ".\(name.prefix(200)).new"
        unlinkat(top, temporary, 0)
        guard symlinkat(target, top, temporary) == 0, renameat(top, temporary, top, name) == 0 else { throw Self.failure() }
    }

    private mutating func open(components: [String], flags: Int32) throws(SandboxPathError) -> Int32 {
        var rest = components[...]
        while let component = rest.popFirst() {
            switch component {
            case ".": continue
            case "..":
                guard folders.count > 1, let top = folders.popLast() else { throw .escapes }
                _ = closeDescriptor(top)
            default:
                if let target = try readLink(component) {
                    guard !target.hasPrefix("/") else { throw .escapes }
                    rest = target.split(separator: "/").map(String.init)[...] + rest
                } else if rest.isEmpty {
                    return try openLast(component, flags)
                } else {
                    try descend(into: component)
                }
            }
        }
        return try openLast(".", flags)
    }

    private mutating func descend(into component: String) throws(SandboxPathError) {
        guard let top = folders.last else { throw .escapes }
        let next = openat(top, component, Self.folderFlags)
        guard next >= 0 else { throw Self.failure() }
        folders.append(next)
    }

    private func openLast(_ component: String, _ flags: Int32) throws(SandboxPathError) -> Int32 {
        guard let top = folders.last else { throw .escapes }
        let descriptor = openat(top, component, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.failure() }
        var status = stat()
        let isUsable = fstat(descriptor, &status) == 0 && [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
        guard isUsable else {
            _ = closeDescriptor(descriptor)
            throw .notFound
        }
        return descriptor
    }

    /// What a symbolic link says; nothing for everything else.
    private mutating func readLink(_ component: String) throws(SandboxPathError) -> String? {
        guard let top = folders.last else { throw .escapes }
        guard let target = Self.readLink(component, at: top) else { return nil }
        links += 1
        guard links <= Self.maximumLinks else { throw .notFound }
        return target
    }

    /// What a symbolic link in an open folder says; nothing for everything else.
    static func readLink(_ name: String, at folder: Int32) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            filled = buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { max(0, readlinkat(folder, name, $0, characters.count)) } ?? 0
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func failure() -> SandboxPathError {
        switch errno {
        case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, ENXIO: .notFound
        default: .failed(errno)
        }
    }
}

/// close(2), apart from the methods of that name.
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
