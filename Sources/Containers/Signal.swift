import Glibc

/// Numbers of the kernel that are used here.
enum Signal {
    static let kill = SIGKILL
    static let stop = SIGSTOP
    /// What brings a signal to a container's first process that would stop that process itself.
    static let carrier = SIGUSR1
    static let noSuchProcess = ESRCH
    static let invalidArgument = EINVAL
    /// One past the last (signal(7)).
    static let end: Int32 = 65
}
