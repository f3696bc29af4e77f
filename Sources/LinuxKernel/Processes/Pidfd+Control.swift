import CLinuxKernel
import Glibc

extension Pidfd {
    /// Kills a child of ours and takes its status, waiting for its end.
    public func killAndReap() {
        try? send(signal: SIGKILL)
        var poll = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        while Glibc.poll(&poll, 1, -1) < 0 && errno == EINTR {}
        _ = try? reap()
    }

    /// Whether it has ended, now or within some milliseconds.
    public func hasEnded(within milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) == 1
    }

    /// Holds the process's mount namespace: as long as this is open, its mounts stay, even when the process ends.
    ///
    /// - Throws: `ENOENT` or `ESRCH` if it has ended.
    public func mountNamespace() throws(KernelError) -> Descriptor {
        let path = "/proc/\(pid)/ns/mnt"
        return Descriptor(owning: try KernelError.check(open(path, O_RDONLY | O_CLOEXEC), "open \(path)"))
    }
}
