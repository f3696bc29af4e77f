import Glibc

extension Descriptor {
    /// Kills the other processes that have the same file open under a number. Those that come meanwhile may be missed.
    public func killHolders(under number: Int32) {
        var own = stat()
        guard fstat(self.number, &own) == 0, let names = try? Folder.open("/proc").names() else { return }
        for pid in names.compactMap({ Int32($0) }) where pid != getpid() {
            func holds() -> Bool {
                var facts = stat()
                return stat("/proc/\(pid)/fd/\(number)", &facts) == 0 && facts.st_dev == own.st_dev && facts.st_ino == own.st_ino
            }
            // Looked at once more when it cannot become another process any longer.
            guard holds(), let process = try? Pidfd(opening: pid), holds() else { continue }
            try? process.send(signal: SIGKILL)
        }
    }
}
