import CLinuxKernel
import Synchronization

/// User namespaces by the first of the machine's ids that belongs to each (user_namespaces(7)).
///
/// One is made when it is first asked for and held open, so that it serves the next container with the same ids, too.
public final class UserNamespaces: Sendable {
    /// How many ids each has: all that files and programs of an image commonly name.
    public static let size = AGORA_INIT_MAPPED_ID_COUNT
    /// How many there may be; their ids end where those for container managers do (systemd's "Users, Groups, UIDs and GIDs").
    public static let limit: UInt32 = 20_000

    private let open = Mutex<[UInt32: Descriptor]>([:])

    /// Holds none yet.
    public init() {}

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
