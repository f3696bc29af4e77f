import CLinuxKernel
import Glibc

/// A user, as far as files are concerned.
public struct FileOwner: Hashable, Sendable {
    /// Its number.
    public var user: UInt32
    /// Its first group.
    public var group: UInt32
    /// The groups it is in beside.
    public var groups: [UInt32]

    /// Describes a user.
    public init(user: UInt32, group: UInt32, groups: [UInt32] = []) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}

extension Descriptor {
    /// Opens a file of the machine for reading, with the rights of a user, and never waits for one that is no regular file.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - owner: whose rights count; nothing: those of this process.
    public static func open(_ path: String, as owner: FileOwner?) throws(KernelError) -> Descriptor {
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        guard let owner, owner.user != 0 else {
            return Descriptor(owning: try KernelError.check(Glibc.open(path, flags), "open \(path)"))
        }
        let number = agora_open_as(path, flags, owner.user, owner.group, owner.groups, UInt32(owner.groups.count))
        return Descriptor(owning: try KernelError.checkNegative(number, "open \(path) as user \(owner.user)"))
    }
}

extension Folder {
    /// The content of a small file below this folder, whose path is resolved as if the folder were the root of the machine.
    ///
    /// - Returns: nothing if there is no such file, or it is no regular one.
    public func contentInRoot(of path: String, limit: Int) throws(KernelError) -> [UInt8]? {
        let flags = UInt64(O_RDONLY | O_NONBLOCK | O_NOCTTY)
        // RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS of openat2(2)
        let number = agora_open_at(descriptor.number, path, flags, 0, 0x10 | 0x02)
        // ENXIO: a device or socket without anything behind it, as an image's layer hides a file.
        guard ![-ENOENT, -ENOTDIR, -ELOOP, -ENXIO].contains(number) else { return nil }
        let file = Descriptor(owning: try KernelError.checkNegative(number, "open \(self.path)/\(path)"))
        var facts = stat()
        guard fstat(file.number, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return try file.readAll(limit: limit, describedAs: "\(self.path)/\(path)")
    }
}
