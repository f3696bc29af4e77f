import Cluster
import MesosAPI
public import MesosMessages

/// What a container may use; nothing in a field means no limit there.
public struct ContainerLimits: Hashable, Sendable {
    /// Its share when processors are scarce, in thousandths of one.
    public var cpus: Int64?
    /// What it may use even when processors idle, in thousandths of one.
    public var cpuLimit: Int64?
    /// Memory in bytes; the kernel kills what uses more.
    public var memoryBytes: Int64?
    /// What is left to it when the machine's memory runs short, in bytes; nothing: `memoryBytes`.
    public var memorySoftBytes: Int64?
    /// What it may have on the disk, in bytes.
    public var diskBytes: Int64?
    /// How many processes and threads there may be.
    public var pids: Int64?
    /// The processors that it runs on, as "0-3,8".
    public var processors: String?
    /// How many GPUs are its own.
    public var gpus = 0
    /// Its share of the disks when these are busy, 1 to 10,000; 100 is usual.
    public var ioWeight: Int64?

    /// Sets the given limits.
    public init(cpus: Int64? = nil, cpuLimit: Int64? = nil, memoryBytes: Int64? = nil) {
        self.cpus = cpus
        self.cpuLimit = cpuLimit
        self.memoryBytes = memoryBytes
    }

    /// The limits that resources stand for, and the upper limits beside them as `TaskInfo.limits` has them:
    /// "cpus" and "mem", where infinity means none.
    public init(
        resources: [Mesos_V1_Resource],
        limits: [String: Mesos_V1_Value.Scalar] = [:]
    ) throws(LaunchRefusal) {
        let total: Resources
        do {
            total = try Resources(resources)
        } catch {
            throw LaunchRefusal("resources: \(error)")
        }
        cpus = Self.positive(total.scalar("cpus").thousandths)
        memoryBytes = Self.positive(total.scalar("mem").thousandths).map(Self.bytes)
        diskBytes = Self.positive(total.scalar("disk").thousandths).map(Self.bytes)
        let gpus = total.scalar("gpus").thousandths
        guard gpus % 1000 == 0 else { throw LaunchRefusal("resources: \(total.scalar("gpus")) gpus; only whole ones can be used") }
        self.gpus = Int(gpus / 1000)
        for (name, limit) in limits {
            try apply(limit.value, to: name)
        }
    }

    private mutating func apply(_ limit: Double, to name: String) throws(LaunchRefusal) {
        guard limit > 0 else { throw LaunchRefusal("limits.\(name): must be above 0, is \(limit)") }
        let thousandths = limit < 1e12 ? Int64((limit * 1000).rounded()) : nil
        switch name {
        case "cpus":
            guard thousandths.map({ $0 >= cpus ?? 0 }) ?? true else { throw Self.tooLow(name) }
            cpuLimit = thousandths
        case "mem":
            let bytes = thousandths.map(Self.bytes)
            guard bytes.map({ $0 >= memoryBytes ?? 0 }) ?? true else { throw Self.tooLow(name) }
            memorySoftBytes = memoryBytes
            memoryBytes = bytes
        default:
            throw LaunchRefusal("limits.\(name): only \"cpus\" and \"mem\" can be limited")
        }
    }

    private static func tooLow(_ name: String) -> LaunchRefusal {
        LaunchRefusal("limits.\(name): must not be below the \"\(name)\" in resources")
    }

    private static func positive(_ thousandths: Int64) -> Int64? {
        thousandths > 0 ? thousandths : nil
    }

    /// Mesos counts memory and disk in MiB, here in thousandths of one.
    private static func bytes(_ thousandths: Int64) -> Int64 {
        let (product, overflow) = thousandths.multipliedReportingOverflow(by: 1 << 20)
        return overflow ? .max : product / 1000
    }

    /// What holds both: the shares, memory and disk added up, no limit where one has none. GPUs are only ever one's own.
    func adding(_ other: ContainerLimits) -> ContainerLimits {
        var sum = ContainerLimits()
        sum.gpus = gpus
        sum.cpus = Self.positive((cpus ?? 0).saturatingAdd(other.cpus ?? 0))
        if let memoryBytes, let more = other.memoryBytes { sum.memoryBytes = memoryBytes.saturatingAdd(more) }
        if let diskBytes, let more = other.diskBytes { sum.diskBytes = diskBytes.saturatingAdd(more) }
        return sum
    }
}

extension Int64 {
    func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
