public import LinuxKernel

/// What a container uses. One that shares its parent's cgroup shows the figures of that one.
public struct ContainerStatistics: Sendable, Hashable {
    /// The counters of the cgroup.
    public var usage: CgroupStatistics
    /// The share of the processors that the container was given, in thousandths of one.
    public var cpus: Int64?
    /// The processors it may use at most, in thousandths of one.
    public var cpuLimit: Int64?
    /// What went through the interfaces of its own network namespace; nothing if it has none.
    public var network: NetworkCounters?
    /// What was wrong with its networks when their plugins were asked after a restart of ours; nothing: nothing known.
    public var networkFailure: String?
    /// What its sandbox took when it was last measured, with what it wrote into its image, in bytes; nothing: not yet measured,
    /// or measured with the container around it.
    public var diskUsedBytes: Int64?
    /// What that may be at most.
    public var diskLimitBytes: Int64?
}
