import Glibc

/// The v2 hierarchy with the controllers cpu, memory and pids, and with cpuset and io where the machine has them.
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
    private let controllers: [String]
    private let promises: MemoryPromises

    /// Our folder below the mounted hierarchy.
    ///
    /// - Parameter parent: the path of the folder that is to hold all our cgroups, as "agora/3f2a".
    init(mount: String, parent: String) {
        self.mount = mount
        let there = ((try? SmallFile.read("\(mount)/cgroup.controllers")) ?? "").split(whereSeparator: \.isWhitespace)
        controllers = ["cpu", "memory", "pids"] + ["cpuset", "io"].filter { there.contains(Substring($0)) }
        root = "\(mount)/\(parent)"
        depth = parent.split(separator: "/").count
        promises = MemoryPromises(root: root, depth: depth)
    }

    private func place(_ path: String) -> String {
        path.isEmpty ? root : "\(root)/\(path)"
    }

    func makeLimiting(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        try makeTracking(path)
        try limit(path, limits)
    }

    func makeTracking(_ path: String) throws(KernelError) {
        do {
            try make(path)
        } catch {
            guard error.code == ENOENT else { throw error }
            // Another agent took away the cgroup that holds both of ours, as there was nothing in it yet.
            try make(path)
        }
    }

    private func make(_ path: String) throws(KernelError) {
        let whole = place(path)
        var current = mount
        for name in whole.dropFirst(mount.count).split(separator: "/") {
            let next = "\(current)/\(name)"
            // One of ours that is there has its controllers from when it was made; those above may be anybody's.
            if current.utf8.count < root.utf8.count || access(next, F_OK) != 0 {
                try passControllersOn(from: current)
                try CgroupFile.makeFolder(next)
            }
            current = next
        }
        try CgroupFile.makeFolder("\(whole)/\(Self.processes)")
    }

    private func passControllersOn(from folder: String) throws(KernelError) {
        let file = "\(folder)/cgroup.subtree_control"
        let there = try SmallFile.read(file).split(whereSeparator: \.isWhitespace)
        guard !controllers.allSatisfy({ there.contains(Substring($0)) }) else { return }
        do {
            try SmallFile.write(controllers.map { "+\($0)" }.joined(separator: " "), to: file)
        } catch {
            guard error.code == EBUSY else { throw error }
            // The machine's root may. That of a container, which looks the same from inside, may not.
            throw KernelError("limit what is in the cgroup \(folder), whose processes must first be moved into one below", code: EBUSY)
        }
    }

    func limit(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        let folder = place(path)
        if let weight = limits.weight { try SmallFile.write("\(weight)", to: "\(folder)/cpu.weight") }
        if let quota = limits.quota {
            // A former one must not be above the new quota.
            if limits.burst != nil { try SmallFile.write("0", to: "\(folder)/cpu.max.burst") }
            try SmallFile.write("\(quota) \(CgroupLimits.period)", to: "\(folder)/cpu.max")
            if let burst = limits.burst { try SmallFile.write("\(burst)", to: "\(folder)/cpu.max.burst") }
        }
        if let bytes = limits.memorySoftBytes {
            try SmallFile.write("\(bytes)", to: "\(folder)/memory.low")
            try promises.keep()
        }
        if let bytes = limits.memoryBytes { try SmallFile.write("\(bytes)", to: "\(folder)/memory.max") }
        if let bytes = limits.swapBytes { try SmallFile.write("\(bytes)", to: "\(folder)/memory.swap.max") }
        if let names = limits.processors { try SmallFile.write(names, to: "\(folder)/cpuset.cpus") }
        if let weight = limits.ioWeight { try weighDisks(folder, weight) }
        for limit in limits.io { try SmallFile.write(limit.line, to: "\(folder)/io.max") }
        if let count = limits.pids { try SmallFile.write("\(count)", to: "\(folder)/pids.max") }
    }

    /// Which file there is depends on who schedules the disks: iocost, or bfq, which knows less weights.
    private func weighDisks(_ folder: String, _ weight: Int64) throws(KernelError) {
        let files = [("io.weight", 10_000), ("io.bfq.weight", 1000)].filter { access("\(folder)/\($0.0)", F_OK) == 0 }
        guard !files.isEmpty else {
            throw KernelError("give \(folder) a share of the disks, for which the kernel needs iocost or bfq", code: ENOTSUP)
        }
        for (file, most) in files { try SmallFile.write("default \(min(max(weight, 1), Int64(most)))", to: "\(folder)/\(file)") }
    }

    func limitDevices(_ path: String, to devices: [DeviceRule]) throws(KernelError) {
        try DeviceRule.attach(devices, to: Folder.open(place(path)).descriptor)
    }

    func freeze(_ path: String, _ isFrozen: Bool) throws(KernelError) {
        try SmallFile.write(isFrozen ? "1" : "0", to: "\(place(path))/cgroup.freeze")
    }

    func entrance(to places: CgroupPlaces) throws(KernelError) -> CgroupEntrance {
        CgroupEntrance(birthplace: try Folder.open("\(place(places.tracking))/\(Self.processes)").descriptor, files: [])
    }

    func statistics(of path: String, limits: CgroupLimits, withPressure: Bool) -> CgroupStatistics {
        let folder = place(path)
        var statistics = CgroupStatistics()
        let cpu = CgroupFile.table("\(folder)/cpu.stat")
        let time = ProcessorTime(cpu)
        statistics.cpuUserMicroseconds = time.userMicroseconds
        statistics.cpuSystemMicroseconds = time.systemMicroseconds
        statistics.cpuPeriods = cpu["nr_periods"]
        statistics.cpuThrottledPeriods = cpu["nr_throttled"]
        statistics.cpuThrottledMicroseconds = cpu["throttled_usec"]
        let memory = CgroupFile.table("\(folder)/memory.stat")
        statistics.memoryBytes = CgroupFile.number("\(folder)/memory.current")
        statistics.memoryAnonymousBytes = memory["anon"]
        statistics.memoryFileBytes = memory["file"]
        statistics.memoryMappedBytes = memory["file_mapped"]
        statistics.memorySwapBytes = CgroupFile.number("\(folder)/memory.swap.current")
        statistics.memoryAndSwapBytes = statistics.memoryBytes.flatMap { bytes in statistics.memorySwapBytes.map { bytes + $0 } }
        statistics.memoryKernelBytes = memory["kernel"]
        statistics.memoryUnevictableBytes = memory["unevictable"]
        statistics.memorySoftLimitBytes = limits.memorySoftBytes
        statistics.memoryLimitBytes = CgroupFile.number("\(folder)/memory.max")
        statistics.pids = CgroupFile.number("\(folder)/pids.current")
        statistics.processes = CgroupFile.processCount(below: folder)
        statistics.disks = CgroupFile.disks("\(folder)/io.stat")
        if withPressure { statistics.pressure = CgroupFile.pressure(in: folder) }
        return statistics
    }

    func memoryPeak(in path: String) -> Int64? {
        CgroupFile.number("\(place(path))/memory.peak")
    }

    func processorTime(in path: String) -> ProcessorTime {
        ProcessorTime(CgroupFile.table("\(place(path))/cpu.stat"))
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
        let folder = place(path)
        let isPromised = MemoryPromises.bytes(in: folder) > 0
        guard try CgroupFile.removeTree(folder) else { return false }
        if isPromised { try promises.keep() }
        return true
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

extension DiskLimit {
    /// As the file `io.max` has it.
    fileprivate var line: String {
        let parts = [("rbps", readBytes), ("wbps", writtenBytes), ("riops", reads), ("wiops", writes)]
        return parts.reduce(device) { line, part in part.1.map { "\(line) \(part.0)=\($0)" } ?? line }
    }
}
