import LinuxKernel
import MesosMessages

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads what containers wrote into their sandboxes. Blocking: call it away from event loops.
struct SandboxFiles: Sendable {
    let workDirectory: String

    /// Most that one read answers, in bytes: sixteen pages, as in Mesos.
    static let maximumRead = 16 * 4096
    /// Most entries that one listing answers.
    static let maximumEntries = 100_000

    /// A piece of a file, and how long the whole is.
    struct Piece {
        var size: UInt64
        var bytes: [UInt8]
    }

    /// Reads from `offset`; less than `length` bytes at the end, and never more than `maximumRead`.
    func read(_ location: SandboxLocation, offset: UInt64, length: UInt64?) throws(SandboxPathError) -> Piece {
        let descriptor = try open(location)
        defer { close(descriptor) }
        let status = try self.status(of: descriptor)
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notFound }
        let size = UInt64(max(0, status.st_size))
        guard offset < size, let position = off_t(exactly: offset) else { return Piece(size: size, bytes: []) }
        let count = Int(min(length ?? .max, UInt64(Self.maximumRead), size - offset))
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, position))
        }
        return Piece(size: size, bytes: bytes)
    }

    /// What is in a folder, by name.
    ///
    /// - Parameter path: as the user named it; the entries' paths begin with it.
    func list(_ location: SandboxLocation, path: String) throws(SandboxPathError) -> [Mesos_V1_FileInfo] {
        let descriptor = try open(location)
        guard let folder = fdopendir(descriptor) else {
            close(descriptor)
            throw .notFound
        }
        defer { closedir(folder) }
        var prefix = path
        while prefix.hasSuffix("/") { prefix.removeLast() }
        var entries: [Mesos_V1_FileInfo] = []
        while let entry = readdir(folder), entries.count < Self.maximumEntries {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            entries.append(Mesos_V1_FileInfo(path: "\(prefix)/\(name)", status))
        }
        return entries.sorted { $0.path < $1.path }
    }

    /// An open file to send as a whole; the caller closes it.
    func open(_ location: SandboxLocation) throws(SandboxPathError) -> Int32 {
        var path = try SandboxPath(anchor: try anchor(of: location))
        defer { path.close() }
        return try path.open(location.rest)
    }

    /// The folder in which a file stands, and the file's name there.
    func folder(_ location: SandboxLocation) throws(SandboxPathError) -> (Folder, String) {
        var parts = location.rest.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { throw .notFound }
        let anchor = try anchor(of: location)
        do throws(KernelError) {
            let sandbox = try Folder.open(anchor)
            return (parts.isEmpty ? sandbox : try sandbox.folder(parts.joined(separator: "/"), links: .below), name)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: throw .notFound
            case EXDEV: throw .escapes
            default: throw .failed(error.code)
            }
        }
    }

    func status(of descriptor: Int32) throws(SandboxPathError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(errno) }
        return status
    }

    /// The sandbox with `latest` replaced by what that link says: the agent makes it, beside the runs.
    private func anchor(of location: SandboxLocation) throws(SandboxPathError) -> String {
        guard location.sandbox.hasSuffix("/runs/latest") else { return location.sandbox }
        guard let target = SandboxPath.readLink(location.sandbox, at: AT_FDCWD) else { throw .notFound }
        guard !target.contains("/"), target != ".." else { throw .escapes }
        return location.sandbox.dropLast("latest".count) + target
    }
}

extension Mesos_V1_FileInfo {
    fileprivate init(path: String, _ status: stat) {
        self.init()
        self.path = path
        nlink = Int32(clamping: status.st_nlink)
        size = UInt64(max(0, status.st_size))
        mtime.nanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        mode = status.st_mode
        uid = "\(status.st_uid)"
        gid = "\(status.st_gid)"
    }
}
