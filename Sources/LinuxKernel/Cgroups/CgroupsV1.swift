import Glibc

/// The v1 controllers cpu, memory and pids, each in a hierarchy of its own; and cpuset and blkio, in which only those
/// cgroups are made that have something to say there.
///
/// Where a v2 hierarchy is mounted beside them (the hybrid layout), it tracks processes, kills and freezes them at one
/// stroke, limits their devices and counts their processor time. Else the pids hierarchy tracks them, and cpuacct, freezer
/// and devices do the rest, as far as they are mounted.
/// See the kernel's admin-guide/cgroup-v1.
struct CgroupsV1: CgroupLayout {
    let cpu: String
    let memory: String
    let pids: String
    let accounting: String?
    let unified: String?
    private let depth: Int
    private let processors: String?
    let disks: String?
    private let freezer: String?
    private let devices: String?

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
        processors = mounts.controllers["cpuset"].map { "\($0)/\(parent)" }
        disks = mounts.controllers["blkio"].map { "\($0)/\(parent)" }
        func inPlaceOfUnified(_ name: String) -> String? {
            mounts.unified == nil ? mounts.controllers[name].map { "\($0)/\(parent)" } : nil
        }
        accounting = inPlaceOfUnified("cpuacct")
        freezer = inPlaceOfUnified("freezer")
        devices = inPlaceOfUnified("devices")
    }

    private var limiting: [String] {
        // Controllers may share a hierarchy.
        var folders: [String] = []
        for folder in [cpu, memory, pids, accounting, freezer, devices] {
            if let folder, !folders.contains(folder) { folders.append(folder) }
        }
        return folders
    }

    /// Those that tell processes apart where no v2 hierarchy does.
    private var distinguishing: [String] { unified.map { [$0] } ?? [pids, freezer].compactMap { $0 } }

    var tracking: String { unified ?? pids }

    private var all: [String] { unified.map { limiting + [$0] } ?? limiting }

    /// Those in which not every cgroup stands.
    private var occasional: [String] { [processors, disks].compactMap { $0 } }

    func place(_ path: String, in folder: String) -> String {
        path.isEmpty ? folder : "\(folder)/\(path)"
    }

    func makeLimiting(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        for folder in all { try CgroupFile.makeFolder(place(path, in: folder)) }
        try limit(path, limits)
    }

    func makeTracking(_ path: String) throws(KernelError) {
        for folder in distinguishing { try CgroupFile.makeFolder(place(path, in: folder)) }
    }

    func limit(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        try limitProcessors(path, limits)
        try limitMemory(path, limits)
        if limits.concernsDisks { try limitDisks(path, limits) }
        if let names = limits.processors { try chooseProcessors(path, names) }
        if let count = limits.pids { try SmallFile.write("\(count)", to: "\(place(path, in: pids))/pids.max") }
    }

    private func limitProcessors(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        let cpu = place(path, in: cpu)
        if let shares = limits.shares { try SmallFile.write("\(shares)", to: "\(cpu)/cpu.shares") }
        guard let quota = limits.quota else { return }
        let burst = "\(cpu)/cpu.cfs_burst_us"
        // A former one must not be above the new quota.
        if limits.burst != nil { try SmallFile.write("0", to: burst) }
        try SmallFile.write("\(CgroupLimits.period)", to: "\(cpu)/cpu.cfs_period_us")
        try SmallFile.write("\(quota)", to: "\(cpu)/cpu.cfs_quota_us")
        if let value = limits.burst { try SmallFile.write("\(value)", to: burst) }
    }

    private func limitMemory(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        let memory = place(path, in: memory)
        if let bytes = limits.memorySoftBytes { try SmallFile.write("\(bytes)", to: "\(memory)/memory.soft_limit_in_bytes") }
        guard let bytes = limits.memoryBytes else { return }
        let hard = "\(memory)/memory.limit_in_bytes"
        guard let swap = limits.swapBytes else { return try SmallFile.write("\(bytes)", to: hard) }
        // That of memory and swap together must not be below that of memory, neither before nor after.
        let (sum, overflow) = bytes.addingReportingOverflow(swap)
        let both = "\(memory)/memory.memsw.limit_in_bytes"
        do {
            try SmallFile.write("\(bytes)", to: hard)
            try SmallFile.write("\(overflow ? .max : sum)", to: both)
        } catch {
            try SmallFile.write("\(overflow ? .max : sum)", to: both)
            try SmallFile.write("\(bytes)", to: hard)
        }
    }

    private func limitDisks(_ path: String, _ limits: CgroupLimits) throws(KernelError) {
        guard let disks else { throw KernelError("limit disks without the cgroup controller blkio", code: ENOTSUP) }
        let folder = place(path, in: disks)
        try CgroupFile.makeFolder(folder)
        if let weight = limits.ioWeight { try SmallFile.write("\(min(max(weight, 1), 1000))", to: "\(folder)/blkio.bfq.weight") }
        for limit in limits.io {
            for (name, value) in [
                ("read_bps", limit.readBytes), ("write_bps", limit.writtenBytes), ("read_iops", limit.reads), ("write_iops", limit.writes),
            ] {
                guard let value else { continue }
                try SmallFile.write("\(limit.device) \(value)", to: "\(folder)/blkio.throttle.\(name)_device")
            }
        }
    }

    /// A new cgroup of this controller has no processors and no memory: it takes those of the one above.
    private func chooseProcessors(_ path: String, _ names: String) throws(KernelError) {
        guard let processors else { throw KernelError("choose processors without the cgroup controller cpuset", code: ENOTSUP) }
        var folder = processors.split(separator: "/").dropLast(depth).reduce("") { "\($0)/\($1)" }
        for name in place(path, in: processors).dropFirst(folder.utf8.count).split(separator: "/") {
            let above = folder
            folder += "/\(name)"
            try CgroupFile.makeFolder(folder)
            for file in ["cpuset.cpus", "cpuset.mems"] where try SmallFile.read("\(folder)/\(file)").allSatisfy(\.isWhitespace) {
                try SmallFile.write(try SmallFile.read("\(above)/\(file)"), to: "\(folder)/\(file)")
            }
        }
        try SmallFile.write(names, to: "\(folder)/cpuset.cpus")
    }

    func limitDevices(_ path: String, to rules: [DeviceRule]) throws(KernelError) {
        if let unified { return try DeviceRule.attach(rules, to: Folder.open(place(path, in: unified)).descriptor) }
        guard let devices else {
            throw KernelError("limit devices with neither a v2 hierarchy of cgroups nor the controller devices", code: ENOTSUP)
        }
        let folder = place(path, in: devices)
        let forbidden = rules.filter(\.isForbidden)
        // Without rules of its own it lets through what the one above does.
        guard forbidden.isEmpty else {
            for rule in forbidden { try SmallFile.write(rule.line, to: "\(folder)/devices.deny") }
            return
        }
        try SmallFile.write("a", to: "\(folder)/devices.deny")
        for rule in rules { try SmallFile.write(rule.line, to: "\(folder)/devices.allow") }
    }

    func freeze(_ path: String, _ isFrozen: Bool) throws(KernelError) {
        if let unified { return try SmallFile.write(isFrozen ? "1" : "0", to: "\(place(path, in: unified))/cgroup.freeze") }
        guard let freezer else {
            throw KernelError("freeze processes with neither a v2 hierarchy of cgroups nor the controller freezer", code: ENOTSUP)
        }
        try SmallFile.write(isFrozen ? "FROZEN" : "THAWED", to: "\(place(path, in: freezer))/freezer.state")
    }

    func entrance(to places: CgroupPlaces) throws(KernelError) -> CgroupEntrance {
        var files = limiting.map { folder in
            place(distinguishing.contains(folder) ? places.tracking : places.limiting, in: folder)
        }
        for (folder, path) in [(processors, places.processors), (disks, places.disks)] {
            if let folder, let path { files.append(place(path, in: folder)) }
        }
        var entrance = CgroupEntrance(birthplace: nil, files: [])
        for folder in files {
            let file = "\(folder)/tasks"
            let number = try KernelError.check(open(file, O_WRONLY | O_CLOEXEC), "open \(file)")
            entrance.files.append(Descriptor(owning: number))
        }
        if let unified { entrance.birthplace = try Folder.open(place(places.tracking, in: unified)).descriptor }
        return entrance
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
        // A frozen process does not end.
        if unified == nil, freezer != nil { try? freeze(path, false) }
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
        for folder in all + occasional {
            if try !CgroupFile.removeTree(place(path, in: folder)) { isGone = false }
        }
        return isGone
    }

    func removeOurs() {
        for folder in all + occasional { CgroupFile.removeUpwards(folder, levels: depth) }
    }

    func children(of path: String) -> Set<String> {
        Set((all + occasional).flatMap { CgroupFile.children(of: place(path, in: $0)) })
    }
}
