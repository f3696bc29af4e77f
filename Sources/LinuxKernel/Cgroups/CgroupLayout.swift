/// How a machine's cgroups are laid out: v2, or v1 with or without a v2 hierarchy beside it.
///
/// A cgroup is named by its path below a folder that belongs to us, "" being that folder. One that **limits** stands in
/// the hierarchies of all controllers; one that **tracks** only tells which processes belong to it. A process is in one
/// of each, which may be the same: the tracking one is the limiting one, or stands somewhere below it.
public protocol CgroupLayout: Sendable {
    /// Makes a cgroup that limits and tracks, and those above it.
    func makeLimiting(_ path: String, _ limits: CgroupLimits) throws(KernelError)
    /// Makes a cgroup that only tracks, and those above it.
    func makeTracking(_ path: String) throws(KernelError)
    /// Changes limits; where nothing is said, none is set or changed.
    func limit(_ path: String, _ limits: CgroupLimits) throws(KernelError)
    /// How a new process gets into its cgroups.
    func entrance(to places: CgroupPlaces) throws(KernelError) -> CgroupEntrance
    /// Lets the processes of a limiting and tracking cgroup, and of those below, use only some devices.
    func limitDevices(_ path: String, to devices: [DeviceRule]) throws(KernelError)
    /// Stops all processes of a tracking cgroup and below where they are, or lets them go on.
    func freeze(_ path: String, _ isFrozen: Bool) throws(KernelError)
    /// What was used in a limiting cgroup and below.
    ///
    /// - Parameters:
    ///   - limits: those it has: the kernel is not asked for what follows from them.
    ///   - withPressure: whether to tell how long was waited, too.
    func statistics(of path: String, limits: CgroupLimits, withPressure: Bool) -> CgroupStatistics
    /// How many processes in a limiting cgroup and below were killed because of a memory limit.
    func memoryKills(in path: String) -> Int64
    /// The most memory that was charged to a limiting cgroup at a time, in bytes; nothing where the kernel does not tell.
    func memoryPeak(in path: String) -> Int64?
    /// The processor time that was spent in a limiting cgroup and below, in microseconds; nothing where the kernel does not tell.
    func processorTime(in path: String) -> ProcessorTime
    /// Opens what kills all processes of a tracking cgroup when "1" is written to it; nothing where there is no such file.
    func killSwitch(of path: String) throws(KernelError) -> Descriptor?
    /// Kills all processes of a tracking cgroup and below.
    func killAll(in path: String)
    /// Whether a tracking cgroup and those below hold no process.
    func isEmpty(_ path: String) -> Bool
    /// Removes a cgroup and empty ones below it.
    ///
    /// - Returns: false if processes are still in one.
    func remove(_ path: String) throws(KernelError) -> Bool
    /// Removes the folder that holds all our cgroups, and what was made for it, where nothing is left in them.
    func removeOurs()
    /// The names of the cgroups in one, in any hierarchy.
    func children(of path: String) -> Set<String>
}

extension CgroupLayout {
    /// All that was used in a limiting cgroup without limits, and below.
    public func statistics(of path: String) -> CgroupStatistics {
        statistics(of: path, limits: CgroupLimits(), withPressure: true)
    }
}

/// The cgroups that a new process belongs into.
public struct CgroupPlaces: Hashable, Sendable {
    /// The nearest that limits.
    public var limiting: String
    /// The nearest that tracks.
    public var tracking: String
    /// The nearest that says on which processors to run.
    public var processors: String?
    /// The nearest that says anything of disks.
    public var disks: String?

    /// Names the two that every process has.
    public init(limiting: String, tracking: String) {
        self.limiting = limiting
        self.tracking = tracking
    }
}

/// How a new process gets into its cgroups.
public struct CgroupEntrance: Sendable {
    /// The folder of a v2 cgroup, to be born in.
    public var birthplace: Descriptor?
    /// Files into which the process itself writes "0".
    public var files: [Descriptor]
}
