import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Disk space that the agent holds for itself: when a task has filled the disk, giving it up lets the agent write down
/// how that task ended.
final class DiskReserve: Sendable {
    private let path: String
    private let isHeld: Mutex<Bool>

    /// Enough for the ends of thousands of tasks.
    static let bytes: off_t = 8 << 20

    init(path: String) {
        self.path = path
        isHeld = Mutex(Self.take(path))
    }

    /// Gives the space up. False: it was given up before.
    func release() -> Bool {
        isHeld.withLock { isHeld in
            guard isHeld else { return false }
            isHeld = false
            return unlink(path) == 0
        }
    }

    /// Takes the space again if it was given up and there is some.
    func restore() {
        isHeld.withLock { isHeld in
            if !isHeld { isHeld = Self.take(path) }
        }
    }

    private static func take(_ path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard posix_fallocate(descriptor, 0, bytes) == 0 else {
            unlink(path)
            return false
        }
        return true
    }
}
