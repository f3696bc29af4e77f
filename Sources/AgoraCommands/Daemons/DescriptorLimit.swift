import Foundation

/// How many files and connections this process may have open: see getrlimit(2).
enum DescriptorLimit {
    /// Raises the limit to the most that this process may ask for. A shell usually gives 1024, and every agent and
    /// every client of a master takes one.
    static func raise() {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(kind, &limit)
    }
}
