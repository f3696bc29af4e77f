/// What the processes of a cgroup used, or use now; a field is empty where the kernel does not tell.
public struct CgroupStatistics: Hashable, Sendable {
    /// Processor time spent in programs, in microseconds.
    public var cpuUserMicroseconds: Int64?
    /// Processor time spent in the kernel for them, in microseconds.
    public var cpuSystemMicroseconds: Int64?
    /// Periods in which they ran while they had a quota, and those in which they used it up.
    public var cpuPeriods: Int64?
    /// Periods in which the quota was used up.
    public var cpuThrottledPeriods: Int64?
    /// Time they were kept from running by the quota, in microseconds.
    public var cpuThrottledMicroseconds: Int64?
    /// All memory charged to them, in bytes.
    public var memoryBytes: Int64?
    /// Memory that no file stands behind, in bytes.
    public var memoryAnonymousBytes: Int64?
    /// Cached content of files, in bytes.
    public var memoryFileBytes: Int64?
    /// Files mapped into their memory, in bytes.
    public var memoryMappedBytes: Int64?
    /// Swapped out, in bytes.
    public var memorySwapBytes: Int64?
    /// The limit on their memory, in bytes.
    public var memoryLimitBytes: Int64?
    /// Processes and threads.
    public var pids: Int64?
    /// How many were killed because the memory limit was reached.
    public var memoryKills: Int64?

    /// Knows nothing yet.
    public init() {}
}
