import Glibc

/// Tells when files change or are renamed (inotify(7)).
public final class FileWatch: Sendable {
    /// Can be read when something has happened, or after ``wake()``.
    public let descriptor: Descriptor

    /// Watches nothing yet.
    public init() throws(KernelError) {
        let number = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        descriptor = Descriptor(owning: try KernelError.check(number, "make a watch on files"))
    }

    /// Tells of an open file from now on, whatever name it has.
    public func add(_ file: Descriptor) throws(KernelError) {
        let mask = UInt32(IN_MODIFY | IN_MOVE_SELF | IN_ATTRIB)
        _ = try KernelError.check(inotify_add_watch(descriptor.number, "/proc/self/fd/\(file.number)", mask), "watch a file")
    }

    /// Tells of something without a file that has changed.
    public func wake() {
        let watch = inotify_add_watch(descriptor.number, "/", UInt32(IN_DELETE_SELF))
        // The end of a watch is an event, too.
        if watch >= 0 { inotify_rm_watch(descriptor.number, watch) }
    }

    /// Forgets what has happened so far.
    public func clear() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while read(descriptor.number, &buffer, buffer.count) > 0 {}
    }
}
