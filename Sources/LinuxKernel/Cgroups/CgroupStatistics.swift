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
    /// Memory and swap together, in bytes.
    public var memoryAndSwapBytes: Int64?
    /// Memory of the kernel's own that it uses for them, in bytes.
    public var memoryKernelBytes: Int64?
    /// Locked memory, in bytes.
    public var memoryUnevictableBytes: Int64?
    /// What is left to them when memory runs short, in bytes.
    public var memorySoftLimitBytes: Int64?
    /// The limit on their memory, in bytes.
    public var memoryLimitBytes: Int64?
    /// Processes and threads.
    public var pids: Int64?
    /// Processes alone.
    public var processes: Int64?
    /// What was read and written of each disk, as far as the kernel counts it for this cgroup.
    public var disks: [DiskUsage] = []
    /// How long they waited for processors, memory and disks, if that was asked for.
    public var pressure: [Pressure] = []

    /// Knows nothing yet.
    public init() {}
}

/// What was read and written of one disk.
public struct DiskUsage: Hashable, Sendable {
    /// The disk, as "8:0".
    public var device: String
    /// In bytes.
    public var readBytes: Int64 = 0
    /// In bytes.
    public var writtenBytes: Int64 = 0
    /// How often it was read.
    public var reads: Int64 = 0
    /// How often it was written.
    public var writes: Int64 = 0

    init(device: String) {
        self.device = device
    }
}

/// How long processes waited for one thing (PSI, the kernel's accounting/psi).
public struct Pressure: Hashable, Sendable {
    /// What was waited for: "cpu", "memory" or "io".
    public var resource: String
    /// Time in which some of them waited, in microseconds.
    public var someMicroseconds: Int64
    /// Time in which all of them did, in microseconds; nothing where the kernel does not tell.
    public var fullMicroseconds: Int64?
    /// The part of the last ten seconds in which some of them waited, in hundredths of a percent.
    public var someOfTenSeconds: Int64
}
