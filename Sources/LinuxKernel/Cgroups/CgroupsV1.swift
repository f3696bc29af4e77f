import Glibc

/// The v1 controllers cpu, memory and pids, each in a hierarchy of its own.
///
/// Where a v2 hierarchy is mounted beside them (the hybrid layout), it tracks processes, kills them at one stroke and
/// counts their processor time; else the pids hierarchy tracks them, and cpuacct counts, if it is mounted.
/// See the kernel's admin-guide/cgroup-v1.
struct CgroupsV1: CgroupLayout {
    private let cpu: String
    private let memory: String
    private let pids: String
    private let accounting: String?
    private let unified: String?
    private let depth: Int

    /// Our folders below the mounted hierarchies; nothing if a controller is missing.
    ///
    /// - Parameter parent: the path of the folder that is to hold all our cgroups, as "agora/3f2a".
    init?(_ mounts: CgroupMounts, parent: String) {
        guard let cpu = mounts.controllers["cpu"], let memory = mounts.controllers["memory"],
            let pids = mounts.controllers["pids"]
        else { return nil }
        self.cpu = "\(cpu)/\(parent)"
        self.memory = "\(memory)/\(parent)"
        self.pids = "\(pids)/\(parent)"
        depth = parent.split(separator: "/").count
        unified = mounts.unified.map { "\($0)/\(parent)" }
        accounting = unified == nil ? mounts.controllers["cpuacct"].map { "\($0)/\(parent)" } : nil
    }

    private var limiting: [String] {
        var folders = [cpu, memory]
        if pids != cpu && pids != memory { folders.append(pids) }
        if let accounting, accounting != cpu { folders.append(accounting) }
        return folders
    }

    private var tracking: String { unified ?? pids }

    private var all: [String] { unified.map { limiting + [$0] } ?? limiting }

    private func place(_ path: String, in folder: String) -> String {
        path.isEmpty ? folder : "\(folder)/\(path)"
    }

    func makeLimiting(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        for folder in all { try CgroupFile.makeFolder(place(path, in: folder)) }
        try limit(path, limits)
    }

    func makeTracking(_ path: String) throws(KernelError) {
        try CgroupFile.makeFolder(place(path, in: tracking))
    }

    func limit(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        let cpu = place(path, in: cpu)
        if let shares = limits.shares { try SmallFile.write("\(shares)", to: "\(cpu)/cpu.shares") }
        if let quota = limits.quota {
            try SmallFile.write("\(CgroupLimits.period)", to: "\(cpu)/cpu.cfs_period_us")
            try SmallFile.write("\(quota)", to: "\(cpu)/cpu.cfs_quota_us")
        }
        if let bytes = limits.memoryBytes {
            try SmallFile.write("\(bytes)", to: "\(place(path, in: memory))/memory.limit_in_bytes")
        }
        if let count = limits.pids { try SmallFile.write("\(count)", to: "\(place(path, in: pids))/pids.max") }
    }

    func entrance(limiting path: String, tracking trackingPath: String) throws(KernelError) -> CgroupEntrance {
        var entrance = CgroupEntrance(birthplace: nil, files: [])
        for folder in limiting {
            let isTracking = unified == nil && folder == pids
            let file = "\(place(isTracking ? trackingPath : path, in: folder))/tasks"
            let number = try KernelError.check(open(file, O_WRONLY | O_CLOEXEC), "open \(file)")
            entrance.files.append(Descriptor(owning: number))
        }
        if let unified { entrance.birthplace = try Folder.open(place(trackingPath, in: unified)).descriptor }
        return entrance
    }

    func statistics(of path: String) -> CgroupStatistics {
        var statistics = CgroupStatistics()
        addProcessorTime(of: path, to: &statistics)
        let throttling = CgroupFile.table("\(place(path, in: cpu))/cpu.stat")
        statistics.cpuPeriods = throttling["nr_periods"]
        statistics.cpuThrottledPeriods = throttling["nr_throttled"]
        statistics.cpuThrottledMicroseconds = throttling["throttled_time"].map { $0 / 1000 }
        let memory = place(path, in: memory)
        let table = CgroupFile.table("\(memory)/memory.stat")
        statistics.memoryBytes = CgroupFile.number("\(memory)/memory.usage_in_bytes")
        statistics.memoryAnonymousBytes = table["total_rss"]
        statistics.memoryFileBytes = table["total_cache"]
        statistics.memoryMappedBytes = table["total_mapped_file"]
        statistics.memorySwapBytes = table["total_swap"]
        statistics.memoryLimitBytes = table["hierarchical_memory_limit"].flatMap { $0 < Self.unlimited ? $0 : nil }
        statistics.memoryKills = memoryKills(in: path)
        statistics.pids = CgroupFile.number("\(place(path, in: pids))/pids.current")
        return statistics
    }

    /// "No limit" is the largest number of whole pages.
    private static let unlimited: Int64 = .max - 0xffff

    private func addProcessorTime(of path: String, to statistics: inout CgroupStatistics) {
        if let unified {
            let table = CgroupFile.table("\(place(path, in: unified))/cpu.stat")
            statistics.cpuUserMicroseconds = table["user_usec"]
            statistics.cpuSystemMicroseconds = table["system_usec"]
        } else if let accounting {
            let folder = place(path, in: accounting)
            statistics.cpuUserMicroseconds = CgroupFile.number("\(folder)/cpuacct.usage_user").map { $0 / 1000 }
            statistics.cpuSystemMicroseconds = CgroupFile.number("\(folder)/cpuacct.usage_sys").map { $0 / 1000 }
        }
    }

    func memoryKills(in path: String) -> Int64 {
        CgroupFile.table("\(place(path, in: memory))/memory.oom_control")["oom_kill"] ?? 0
    }

    func killSwitch(of path: String) throws(KernelError) -> Descriptor? {
        guard let unified else { return nil }
        return try CgroupsV2.openKillSwitch(of: place(path, in: unified))
    }

    func killAll(in path: String) {
        let folder = place(path, in: tracking)
        guard unified != nil, (try? SmallFile.write("1", to: "\(folder)/cgroup.kill")) != nil else {
            CgroupFile.killEach(below: folder)
            return
        }
    }

    func isEmpty(_ path: String) -> Bool {
        let folder = place(path, in: tracking)
        guard unified == nil else { return CgroupsV2.isEmpty(folder) }
        return CgroupFile.processes(of: folder).isEmpty
            && CgroupFile.children(of: folder).allSatisfy { isEmpty(path.isEmpty ? $0 : "\(path)/\($0)") }
    }

    func remove(_ path: String) throws(KernelError) -> Bool {
        var isGone = true
        for folder in all {
            if try !CgroupFile.removeTree(place(path, in: folder)) { isGone = false }
        }
        return isGone
    }

    func removeOurs() {
        for folder in all { CgroupFile.removeUpwards(folder, levels: depth) }
    }

    func children(of path: String) -> Set<String> {
        Set(all.flatMap { CgroupFile.children(of: place(path, in: $0)) })
    }
}
