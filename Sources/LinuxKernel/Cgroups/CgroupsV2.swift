import Glibc

/// The v2 hierarchy with the controllers cpu, memory and pids.
///
/// A v2 cgroup that passes controllers on to others may hold no process itself. So each of ours stands with two parts:
/// the folder with the limits, and in it a folder `processes` for its own processes, beside which others can stand.
/// Every cgroup here limits; one that "only tracks" simply has no limit set. See the kernel's admin-guide/cgroup-v2.
struct CgroupsV2: CgroupLayout {
    private let mount: String
    private let root: String
    private let depth: Int

    /// The folder of a cgroup's own processes, a name that none of the cgroups beside it has.
    static let processes = "processes"
    private static let controllers = "+cpu +memory +pids"

    /// Our folder below the mounted hierarchy.
    ///
    /// - Parameter parent: the path of the folder that is to hold all our cgroups, as "agora/3f2a".
    init(mount: String, parent: String) {
        self.mount = mount
        root = "\(mount)/\(parent)"
        depth = parent.split(separator: "/").count
    }

    private func place(_ path: String) -> String {
        path.isEmpty ? root : "\(root)/\(path)"
    }

    func makeLimiting(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        try makeTracking(path)
        try limit(path, limits)
    }

    func makeTracking(_ path: String) throws(KernelError) {
        let whole = place(path)
        var current = mount
        for name in whole.dropFirst(mount.count).split(separator: "/") {
            let next = "\(current)/\(name)"
            // A cgroup that is there has its controllers from when it was made.
            if access(next, F_OK) != 0 {
                try SmallFile.write(Self.controllers, to: "\(current)/cgroup.subtree_control")
                try CgroupFile.makeFolder(next)
            }
            current = next
        }
        try CgroupFile.makeFolder("\(whole)/\(Self.processes)")
    }

    func limit(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        let folder = place(path)
        if let weight = limits.weight { try SmallFile.write("\(weight)", to: "\(folder)/cpu.weight") }
        if let quota = limits.quota { try SmallFile.write("\(quota) \(CgroupLimits.period)", to: "\(folder)/cpu.max") }
        if let bytes = limits.memoryBytes { try SmallFile.write("\(bytes)", to: "\(folder)/memory.max") }
        if let count = limits.pids { try SmallFile.write("\(count)", to: "\(folder)/pids.max") }
    }

    func entrance(limiting: String, tracking: String) throws(KernelError) -> CgroupEntrance {
        CgroupEntrance(birthplace: try Folder.open("\(place(tracking))/\(Self.processes)").descriptor, files: [])
    }

    func statistics(of path: String) -> CgroupStatistics {
        let folder = place(path)
        var statistics = CgroupStatistics()
        let cpu = CgroupFile.table("\(folder)/cpu.stat")
        statistics.cpuUserMicroseconds = cpu["user_usec"]
        statistics.cpuSystemMicroseconds = cpu["system_usec"]
        statistics.cpuPeriods = cpu["nr_periods"]
        statistics.cpuThrottledPeriods = cpu["nr_throttled"]
        statistics.cpuThrottledMicroseconds = cpu["throttled_usec"]
        let memory = CgroupFile.table("\(folder)/memory.stat")
        statistics.memoryBytes = CgroupFile.number("\(folder)/memory.current")
        statistics.memoryAnonymousBytes = memory["anon"]
        statistics.memoryFileBytes = memory["file"]
        statistics.memoryMappedBytes = memory["file_mapped"]
        statistics.memorySwapBytes = CgroupFile.number("\(folder)/memory.swap.current")
        statistics.memoryLimitBytes = CgroupFile.number("\(folder)/memory.max")
        statistics.memoryKills = memoryKills(in: path)
        statistics.pids = CgroupFile.number("\(folder)/pids.current")
        return statistics
    }

    func memoryKills(in path: String) -> Int64 {
        CgroupFile.table("\(place(path))/memory.events")["oom_kill"] ?? 0
    }

    func killSwitch(of path: String) throws(KernelError) -> Descriptor? {
        try Self.openKillSwitch(of: place(path))
    }

    func killAll(in path: String) {
        let folder = place(path)
        if (try? SmallFile.write("1", to: "\(folder)/cgroup.kill")) == nil { CgroupFile.killEach(below: folder) }
    }

    func isEmpty(_ path: String) -> Bool {
        Self.isEmpty(place(path))
    }

    func remove(_ path: String) throws(KernelError) -> Bool {
        try CgroupFile.removeTree(place(path))
    }

    func removeOurs() {
        CgroupFile.removeUpwards(root, levels: depth)
    }

    func children(of path: String) -> Set<String> {
        Set(CgroupFile.children(of: place(path))).subtracting([Self.processes])
    }

    /// Kernels before 5.14 have no `cgroup.kill`.
    static func openKillSwitch(of folder: String) throws(KernelError) -> Descriptor? {
        let path = "\(folder)/cgroup.kill"
        let number = open(path, O_WRONLY | O_CLOEXEC)
        if number < 0 && errno == ENOENT { return nil }
        return Descriptor(owning: try KernelError.check(number, "open \(path)"))
    }

    static func isEmpty(_ folder: String) -> Bool {
        CgroupFile.table("\(folder)/cgroup.events")["populated"] ?? 0 == 0
    }
}
