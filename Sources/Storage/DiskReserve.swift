import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Disk space that a daemon holds for itself: when others have filled the disk, giving it up lets the daemon write down
/// what happens then.
public final class DiskReserve: Sendable {
    private let path: String
    private let bytes: Int
    private let isHeld: Mutex<Bool>

    /// Takes the space, if there is so much.
    ///
    /// - Parameters:
    ///   - path: the file that takes it.
    ///   - bytes: how much.
    public init(path: String, bytes: Int) {
        self.path = path
        self.bytes = bytes
        isHeld = Mutex(Self.take(path, bytes))
    }

    /// Gives the space up. False: it was given up before.
    public func release() -> Bool {
        isHeld.withLock { isHeld in
            guard isHeld else { return false }
            isHeld = false
            return unlink(path) == 0
        }
    }

    /// Takes the space again if it was given up and there is some.
    public func restore() {
        isHeld.withLock { isHeld in
            if !isHeld { isHeld = Self.take(path, bytes) }
        }
    }

    private static func take(_ path: String, _ bytes: Int) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard posix_fallocate(descriptor, 0, off_t(bytes)) == 0 else {
            unlink(path)
            return false
        }
        return true
    }
}
