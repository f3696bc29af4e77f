/// What the processes of a cgroup may use; nothing in a field means no limit there.
public struct CgroupLimits: Hashable, Sendable {
    /// Their share of the processors when these are scarce, in thousandths of one.
    public var cpus: Int64?
    /// What they may use even when processors idle, in thousandths of one.
    public var cpuLimit: Int64?
    /// Memory in bytes; what needs more is killed.
    public var memoryBytes: Int64?
    /// How many processes and threads there may be.
    public var pids: Int64?

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
}
