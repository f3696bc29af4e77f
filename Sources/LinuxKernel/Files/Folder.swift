import CLinuxKernel
import Glibc

/// An open folder, by which what is in it is reached: whoever renames or links things above it changes nothing.
public struct Folder: Sendable {
    /// How far symbolic links are followed below a folder; those of /proc never are.
    public enum Links: Sendable {
        /// As everywhere; for paths that only the machine's administrators can change.
        case followed
        /// As long as they stay below the folder.
        case below
        /// Not at all, and the path must not leave the folder; for paths that containers can change.
        case refused
        /// Not at all, nor into another file system that is mounted below.
        case sameFileSystem

        var resolve: UInt64 {
            switch self {
            case .followed: 0
            // RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH of openat2(2)
            case .below: 0x02 | 0x08
            // The same and RESOLVE_NO_SYMLINKS
            case .refused: 0x02 | 0x04 | 0x08
            // All those and RESOLVE_NO_XDEV
            case .sameFileSystem: 0x01 | 0x02 | 0x04 | 0x08
            }
        }
    }

    /// The open folder; only a reference to it (`O_PATH`).
    public let descriptor: Descriptor
    /// Where it was opened, for messages and for calls that know no descriptors.
    public let path: String

    private init(_ descriptor: Descriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a folder by its absolute path.
    public static func open(_ path: String) throws(KernelError) -> Folder {
        let number = agora_open_at(AT_FDCWD, path, folderFlags, 0, 0)
        return Folder(Descriptor(owning: try KernelError.checkNegative(number, "open the folder \(path)")), path: path)
    }

    /// Opens a folder by its absolute path, making it and the folders above it where they are missing.
    public static func make(_ path: String, mode: UInt32 = 0o755) throws(KernelError) -> Folder {
        do {
            return try open(path)
        } catch {
            guard error.code == ENOENT else { throw error }
        }
        let parts = path.split(separator: "/")
        guard path.hasPrefix("/"), let last = parts.last else { throw KernelError("make the folder \"\(path)\"", code: EINVAL) }
        let above = try make("/" + parts.dropLast().joined(separator: "/"))
        _ = try above.makeFolder(String(last), mode: mode)
        return try open(path)
    }

    /// Opens a folder below this one.
    public func folder(_ name: String, links: Links = .refused) throws(KernelError) -> Folder {
        let whole = "\(path)/\(name)"
        let number = agora_open_at(descriptor.number, name, Self.folderFlags, 0, links.resolve)
        return Folder(Descriptor(owning: try KernelError.checkNegative(number, "open the folder \(whole)")), path: whole)
    }

    /// Makes a folder in this one.
    ///
    /// - Returns: whether it is new.
    public func makeFolder(_ name: String, mode: UInt32 = 0o755) throws(KernelError) -> Bool {
        if mkdirat(descriptor.number, name, mode) == 0 { return true }
        guard errno == EEXIST else { throw KernelError("make the folder \(path)/\(name)", code: errno) }
        return false
    }

    /// Opens a file in this folder; a symbolic link is refused.
    public func file(_ name: String, flags: Int32, mode: UInt32 = 0) throws(KernelError) -> Descriptor {
        let number = openat(descriptor.number, name, flags | O_NOFOLLOW | O_CLOEXEC, mode)
        return Descriptor(owning: try KernelError.check(number, "open \(path)/\(name)"))
    }

    /// The content of a small file in this folder; nothing if there is no such file.
    public func content(of name: String, limit: Int) throws(KernelError) -> [UInt8]? {
        do {
            return try file(name, flags: O_RDONLY).readAll(limit: limit, describedAs: "\(path)/\(name)")
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// The names of all that is in this folder, in no order.
    public func names() throws(KernelError) -> [String] { try names { _ in true } }

    /// The names of the folders in this one, where the file system tells them from files in passing, as those of the kernel do.
    func folderNames() throws(KernelError) -> [String] { try names { $0 == DT_DIR } }

    private func names(where isWanted: (Int) -> Bool) throws(KernelError) -> [String] {
        let number = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        _ = try KernelError.check(number, "read the folder \(path)")
        guard let stream = fdopendir(number) else {
            close(number)
            throw KernelError("read the folder \(path)", code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard isWanted(Int(entry.pointee.d_type)) else { continue }
            let name = Self.name(of: entry)
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        return String(cString: (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self))
    }

    // O_PATH | O_DIRECTORY
    private static var folderFlags: UInt64 { UInt64(O_DIRECTORY) | 0o10000000 }
}
