#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that one process at a time holds, to say that a folder is its own. See flock(2).
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// Makes the file if it is missing and locks it until this object is gone.
    ///
    /// A program that is just being started holds our descriptors until it is executed, those that were closed meanwhile,
    /// too: so a lock that is taken is asked for again for a second.
    ///
    /// - Parameters:
    ///   - path: an absolute path in a folder that exists.
    ///   - patience: how often it is asked for, 10 ms apart.
    /// - Returns: nothing if another holds it (`errno` is EWOULDBLOCK then), or it cannot be opened (`errno` says why).
    public init?(path: String, patience: Int = 100) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { return nil }
        for _ in 0..<max(patience, 1) {
            if flock(opened, LOCK_EX | LOCK_NB) == 0 {
                descriptor = opened
                return
            }
            usleep(10_000)
        }
        close(opened)
        errno = EWOULDBLOCK
        return nil
    }

    deinit { close(descriptor) }

    /// What was written into the file, up to 4096 bytes.
    public func read() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    /// Puts a short text into the file and waits until it is on the disk. False if that fails.
    public func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { return false }
        return fsync(descriptor) == 0
    }
}
