import Glibc

/// How many descriptors this process, and each that it starts, may have open. See getrlimit(2).
enum DescriptorLimit {
    /// Raises the limit to so many, or to as many as this process may ask for, and tells how many there are then.
    static func raise(to wanted: Int) -> Int {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        getrlimit(kind, &limit)
        var more = rlimit(rlim_cur: max(limit.rlim_cur, UInt(wanted)), rlim_max: max(limit.rlim_max, UInt(wanted)))
        // Only root, and not in every container, may raise the hard limit.
        if setrlimit(kind, &more) == 0 { return Int(more.rlim_cur) }
        limit.rlim_cur = limit.rlim_max
        return setrlimit(kind, &limit) == 0 ? Int(limit.rlim_cur) : 1024
    }
}
