import CLinuxKernel
import Glibc
import Synchronization

/// User namespaces by the first of the machine's ids that belongs to each (user_namespaces(7)).
///
/// One is made when it is first asked for and held open, so that it serves the next container with the same ids, too.
public final class UserNamespaces: Sendable {
    /// How many ids each has: all that files and programs of an image commonly name.
    public static let size = AGORA_INIT_MAPPED_ID_COUNT
    /// How many there may be; their ids end where those for container managers do (systemd's "Users, Groups, UIDs and GIDs").
    public static let limit: UInt32 = 20_000

    /// Whether overlays of layers can have mapped ids: since Linux 6.15.
    public static let areSupported: Bool = {
        var names = utsname()
        guard uname(&names) == 0 else { return false }
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return isSupported(byRelease: release)
    }()

    static func isSupported(byRelease release: String) -> Bool {
        let numbers = release.split(separator: ".", maxSplits: 2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return numbers.count > 1 && (numbers[0], numbers[1]) >= (6, 15)
    }

    /// Whether the file system at a path, or where it is going to be, can map ids: ext4, xfs, btrfs and tmpfs can.
    public static func canMapFiles(at path: String) -> Bool {
        var path = path
        while true {
            let kind = agora_file_system(path)
            guard kind == -Int64(ENOENT), let slash = path.lastIndex(of: "/"), path != "/" else { return mappable.contains(kind) }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
    }

    /// By the kernel's `magic.h`.
    private static let mappable: Set<Int64> = [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994]

    private let open = Mutex<[UInt32: Descriptor]>([:])

    /// Holds none yet.
    public init() {}

    /// Goes on with one that was made earlier, so that whoever gets its ids from now on is in it.
    public func adopt(_ namespace: Descriptor, first: UInt32) {
        open.withLock { $0[first] = namespace }
    }

    /// The one with the given ids.
    ///
    /// - Throws: what clone(2) says, as `ENOSPC` where the machine allows no more (`user.max_user_namespaces`).
    public func namespace(first: UInt32) throws(KernelError) -> Descriptor {
        if let known = open.withLock({ $0[first] }) { return known }
        let number = try KernelError.checkNegative(
            agora_user_namespace(first, Self.size),
            "make a user namespace with the ids from \(first)"
        )
        let made = Descriptor(owning: number)
        return open.withLock { open in
            if let known = open[first] { return known }
            open[first] = made
            return made
        }
    }
}
