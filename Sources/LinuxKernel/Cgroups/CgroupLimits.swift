/// What the processes of a cgroup may use; nothing in a field means no limit there.
public struct CgroupLimits: Hashable, Sendable {
    /// Their share of the processors when these are scarce, in thousandths of one.
    public var cpus: Int64?
    /// What they may use even when processors idle, in thousandths of one.
    public var cpuLimit: Int64?
    /// What they may use beyond that, in thousandths of a processor, as far as they used less before; at most as much again.
    public var cpuBurst: Int64?
    /// Memory in bytes; what needs more is killed.
    public var memoryBytes: Int64?
    /// Memory in bytes that is left to them when the machine's runs short.
    public var memorySoftBytes: Int64?
    /// What may be swapped out, in bytes; 0: nothing.
    public var swapBytes: Int64?
    /// How many processes and threads there may be.
    public var pids: Int64?
    /// The processors that they run on, as "0-3,8".
    public var processors: String?
    /// Their share of the disks when these are busy, 1 to 10,000; 100 is usual.
    public var ioWeight: Int64?
    /// What they may read and write of single disks.
    public var io: [DiskLimit] = []

    /// Sets the given limits.
    public init(cpus: Int64? = nil, cpuLimit: Int64? = nil, memoryBytes: Int64? = nil, pids: Int64? = nil) {
        self.cpus = cpus
        self.cpuLimit = cpuLimit
        self.memoryBytes = memoryBytes
        self.pids = pids
    }

    /// `cpu.shares` of v1: 1024 for one processor, at least 2.
    var shares: Int64? { cpus.map { min(max($0.clamped() * 1024 / 1000, 2), 262_144) } }

    /// `cpu.weight` of v2: 1 to 10,000, where 100 stands for one processor as 1024 does in v1.
    var weight: Int64? { cpus.map { min(max($0.clamped() / 10, 1), 10_000) } }

    /// Microseconds of processor time in each period of ``period``; the kernel takes no less than 1,000.
    var quota: Int64? { cpuLimit.map { max($0.clamped() * Self.period / 1000, 1000) } }

    /// Microseconds that may be saved up for one period; the kernel takes no more than the quota.
    var burst: Int64? {
        guard let quota, let cpuBurst else { return nil }
        return min(cpuBurst.clamped() * Self.period / 1000, quota)
    }

    /// Microseconds.
    static let period: Int64 = 100_000
}

extension Int64 {
    /// Within what no machine has, so that products of it stay in range.
    fileprivate func clamped() -> Int64 { Swift.min(Swift.max(self, 0), 1_000_000_000) }
}

extension CgroupLimits {
    /// Whether nothing is limited.
    public var isEmpty: Bool { self == CgroupLimits() }

    /// Whether it says anything of disks.
    public var concernsDisks: Bool { ioWeight != nil || !io.isEmpty }

    /// These, changed where others say something.
    public func changed(by new: CgroupLimits) -> CgroupLimits {
        var limits = self
        limits.cpus = new.cpus ?? cpus
        limits.cpuLimit = new.cpuLimit ?? cpuLimit
        limits.cpuBurst = new.cpuBurst ?? cpuBurst
        limits.memoryBytes = new.memoryBytes ?? memoryBytes
        limits.memorySoftBytes = new.memorySoftBytes ?? memorySoftBytes
        limits.swapBytes = new.swapBytes ?? swapBytes
        limits.pids = new.pids ?? pids
        limits.processors = new.processors ?? processors
        limits.ioWeight = new.ioWeight ?? ioWeight
        limits.io = new.io.isEmpty ? io : new.io
        return limits
    }
}

/// What may be read and written of one disk, for each second.
public struct DiskLimit: Hashable, Sendable {
    /// The disk, as "8:0".
    public var device: String
    /// Bytes that are read.
    public var readBytes: Int64?
    /// Bytes that are written.
    public var writtenBytes: Int64?
    /// Reads.
    public var reads: Int64?
    /// Writes.
    public var writes: Int64?

    /// Limits nothing yet.
    public init(device: String) {
        self.device = device
    }
}
