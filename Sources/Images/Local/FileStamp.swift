import Glibc

/// What of a file changes when its content does.
struct FileStamp: Hashable, Sendable {
    private let device: dev_t
    private let file: ino_t
    private let size: off_t
    /// When it was changed, in seconds since 1970; no program can set this time.
    let changed: Double

    /// Nothing if there is no such file.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, file, size) = (status.st_dev, status.st_ino, status.st_size)
        changed = StoreClock.seconds(status.st_ctim)
    }
}
