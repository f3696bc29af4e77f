import Glibc
import Testing

@testable import LinuxKernel

struct CgroupMountsTests {
    @Test func hybridMountsAreRead() {
        let mounts = CgroupMounts(
            parsing: """
                22 27 0:21 / /proc rw,relatime - proc proc rw
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
                35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                36 31 0:32 /docker/x /elsewhere rw,relatime - cgroup cgroup rw,pids
                39 31 0:36 / /sys/fs/cgroup/a\\040b\\134 rw,relatime - cgroup cgroup rw,pids
                41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
                42 31 0:38 / /second rw,relatime - cgroup2 cgroup2 rw
                """
        )
        #expect(mounts.unified == "/sys/fs/cgroup/unified")
        #expect(mounts.controllers["cpu"] == "/sys/fs/cgroup/cpu,cpuacct")
        #expect(mounts.controllers["cpuacct"] == "/sys/fs/cgroup/cpu,cpuacct")
        #expect(mounts.controllers["memory"] == "/sys/fs/cgroup/memory")
        #expect(mounts.controllers["pids"] == "/sys/fs/cgroup/a b\\")
    }

    @Test(arguments: ["", "\n\n", "-", "a b c d e f g", "1 2 3 / 5 - cgroup", "1 2 3 / 5 6 - cgroup cgroup", "1 2 3 / /x 6 - cgroup2 x"])
    func brokenLinesArePassedOver(text: String) {
        #expect(CgroupMounts(parsing: text) == CgroupMounts())
    }
}

/// Version 2 against a folder that looks like it: what is written where.
struct CgroupsV2Tests {
    /// The files that the kernel would put into a new cgroup.
    private func fill(_ folder: Folder, _ path: String) throws {
        for name in ["cgroup.subtree_control", "cgroup.procs", "cpu.weight", "cpu.max", "memory.max", "pids.max", "cgroup.kill"] {
            try folder.put("", at: path.isEmpty ? name : "\(path)/\(name)")
        }
    }

    @Test func limitsAreWrittenAndProcessesHaveAFolderOfTheirOwn() async throws {
        try await withScratchFolder { folder in
            for path in ["", "agora", "agora/x", "agora/x/c.pod"] { try fill(folder, path) }
            let cgroups = CgroupsV2(mount: folder.path, parent: "agora/x")
            try cgroups.makeLimiting("c.pod", CgroupLimits(cpus: 1500, cpuLimit: 2500, memoryBytes: 1 << 20, pids: 7))
            #expect(try folder.text(of: "agora/x/c.pod/cpu.weight") == "150")
            #expect(try folder.text(of: "agora/x/c.pod/cpu.max") == "250000 100000")
            #expect(try folder.text(of: "agora/x/c.pod/memory.max") == "1048576")
            #expect(try folder.text(of: "agora/x/c.pod/pids.max") == "7")
            let entrance = try cgroups.entrance(to: CgroupPlaces(limiting: "c.pod", tracking: "c.pod"))
            #expect(entrance.files.isEmpty && entrance.birthplace != nil)
            #expect(access("\(folder.path)/agora/x/c.pod/processes", F_OK) == 0)
            #expect(cgroups.children(of: "") == ["c.pod"] && cgroups.children(of: "c.pod").isEmpty)
            cgroups.killAll(in: "c.pod")
            #expect(try folder.text(of: "agora/x/c.pod/cgroup.kill") == "1")
        }
    }

    @Test func aNewCgroupGetsItsControllersFromTheOneAbove() async throws {
        try await withScratchFolder { folder in
            for path in ["", "agora", "agora/c.pod"] { try fill(folder, path) }
            try folder.put("cpuset cpu io memory pids", at: "cgroup.subtree_control")
            let cgroups = CgroupsV2(mount: folder.path, parent: "agora")
            try cgroups.makeTracking("c.pod")
            #expect(try folder.text(of: "cgroup.subtree_control") == "cpuset cpu io memory pids", "nothing is missing")
            #expect(try folder.text(of: "agora/cgroup.subtree_control").isEmpty, "a cgroup of ours has what it needs")
            try cgroups.makeTracking("c.other")
            #expect(try folder.text(of: "agora/cgroup.subtree_control") == "+cpu +memory +pids")
            try folder.put("cpu", at: "cgroup.subtree_control")
            try cgroups.makeTracking("c.pod")
            #expect(try folder.text(of: "cgroup.subtree_control") == "+cpu +memory +pids", "others may have made the folder above")
        }
    }

    @Test func whatIsPromisedToAllIsPromisedToThoseAbove() async throws {
        try await withScratchFolder { folder in
            for path in ["", "a", "a/b", "a/b/c.1", "a/b/c.2", "a/other"] { try folder.put("", at: "\(path)/memory.low") }
            try folder.put("100", at: "a/other/memory.low")
            let cgroups = CgroupsV2(mount: folder.path, parent: "a/b")
            var limits = CgroupLimits()
            limits.memorySoftBytes = 7
            try cgroups.limit("c.1", limits)
            limits.memorySoftBytes = 5
            try cgroups.limit("c.2", limits)
            #expect(try folder.text(of: "a/b/memory.low") == "12")
            #expect(try folder.text(of: "a/memory.low") == "112")
            #expect(try folder.text(of: "memory.low").isEmpty, "the machine's root has no such file")
            limits.memorySoftBytes = .max
            for name in ["c.1", "c.2"] { try cgroups.limit(name, limits) }
            #expect(try folder.text(of: "a/memory.low") == "\(Int64.max)")
        }
    }

    @Test(arguments: [(["io.weight"], "default 5000"), (["io.bfq.weight"], "default 1000"), ([], nil)] as [([String], String?)])
    func whoSchedulesTheDisksIsToldTheShare(files: [String], written: String?) async throws {
        try await withScratchFolder { folder in
            try folder.put("", at: "a/c/cgroup.procs")
            for file in files { try folder.put("", at: "a/c/\(file)") }
            var limits = CgroupLimits()
            limits.ioWeight = 5000
            let cgroups = CgroupsV2(mount: folder.path, parent: "a")
            guard let written else {
                let error = #expect(throws: KernelError.self) { try cgroups.limit("c", limits) }
                #expect(error?.description.contains("iocost or bfq") == true)
                return
            }
            try cgroups.limit("c", limits)
            for file in files { #expect(try folder.text(of: "a/c/\(file)") == written) }
        }
    }

    @Test func figuresAreRead() async throws {
        try await withScratchFolder { folder in
            try folder.put(
                "usage_usec 30\nuser_usec 10\nsystem_usec 20\nnr_periods 3\nnr_throttled 2\nthrottled_usec 50\n",
                at: "a/c/cpu.stat"
            )
            try folder.put("anon 1\nfile 2\nfile_mapped 3\nbroken\n", at: "a/c/memory.stat")
            try folder.put("4096\n", at: "a/c/memory.current")
            try folder.put("max\n", at: "a/c/memory.max")
            try folder.put("low 0\noom 3\noom_kill 2\n", at: "a/c/memory.events")
            try folder.put("populated 1\nfrozen 0\n", at: "a/c/cgroup.events")
            try folder.put("8192\n", at: "a/c/memory.peak")
            try folder.put("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0\n8:16\nx=1\n", at: "a/c/io.stat")
            try folder.put("some avg10=12.34 avg60=0.00 total=7\nfull avg10=0.00 total=5\n", at: "a/c/io.pressure")
            try folder.put("some avg10=lots\n", at: "a/c/cpu.pressure")
            let cgroups = CgroupsV2(mount: folder.path, parent: "a")
            var expected = CgroupStatistics()
            expected.cpuUserMicroseconds = 10
            expected.cpuSystemMicroseconds = 20
            expected.cpuPeriods = 3
            expected.cpuThrottledPeriods = 2
            expected.cpuThrottledMicroseconds = 50
            expected.memoryBytes = 4096
            expected.memoryAnonymousBytes = 1
            expected.memoryFileBytes = 2
            expected.memoryMappedBytes = 3
            expected.processes = 0
            expected.disks = [DiskUsage.read("8:0", bytes: 1, written: 2, reads: 3, writes: 4)]
            #expect(cgroups.statistics(of: "c", limits: CgroupLimits(), withPressure: false) == expected)
            expected.pressure = [Pressure(resource: "io", someMicroseconds: 7, fullMicroseconds: 5, someOfTenSeconds: 1234)]
            #expect(cgroups.statistics(of: "c") == expected)
            #expect(cgroups.memoryKills(in: "c") == 2 && cgroups.memoryPeak(in: "c") == 8192)
            #expect(!cgroups.isEmpty("c") && cgroups.isEmpty("nothing"))
        }
    }

    @Test func whatConcernsMemoryProcessorsAndDisksIsWritten() async throws {
        try await withScratchFolder { folder in
            let files = ["memory.low", "memory.max", "memory.swap.max", "cpuset.cpus", "io.weight", "io.max", "cgroup.freeze"]
            for name in files { try folder.put("", at: "a/c/\(name)") }
            try folder.put("", at: "a/memory.low")
            var limits = CgroupLimits(memoryBytes: 9)
            limits.memorySoftBytes = 5
            limits.swapBytes = 0
            limits.processors = "0-3,8"
            limits.ioWeight = 200
            limits.io = [DiskLimit(device: "8:0")]
            limits.io[0].readBytes = 1
            limits.io[0].writes = 2
            let cgroups = CgroupsV2(mount: folder.path, parent: "a")
            try cgroups.limit("c", limits)
            try cgroups.freeze("c", true)
            let written = try files.map { try folder.text(of: "a/c/\($0)") }
            #expect(written == ["5", "9", "0", "0-3,8", "default 200", "8:0 rbps=1 wiops=2", "1"])
        }
    }

    @Test func whatMayBeSavedUpIsWritten() async throws {
        try await withScratchFolder { folder in
            for name in ["cpu.max", "cpu.max.burst"] { try folder.put("", at: "a/c/\(name)") }
            var limits = CgroupLimits(cpuLimit: 2000)
            limits.cpuBurst = 500
            try CgroupsV2(mount: folder.path, parent: "a").limit("c", limits)
            #expect(try folder.text(of: "a/c/cpu.max.burst").hasSuffix("50000"))
        }
    }

    @Test(arguments: [
        (CgroupLimits(cpus: 1), "1"), (CgroupLimits(cpus: 1000), "100"), (CgroupLimits(cpus: .max), "10000"),
    ])
    func sharesStayInTheKernelsRange(limits: CgroupLimits, weight: String) async throws {
        try await withScratchFolder { folder in
            try fill(folder, "a/c")
            try CgroupsV2(mount: folder.path, parent: "a").limit("c", limits)
            #expect(try folder.text(of: "a/c/cpu.weight") == weight)
        }
    }
}

/// On a machine that has version 2 alone, as the virtual machine of the tests.
@Suite(.enabled(if: geteuid() == 0 && (try? CgroupMounts.current())?.controllers.isEmpty == true))
struct CgroupsV2AloneTests {
    @Test func aCgroupWithProcessesHoldsNoOthersWithLimitsAndTheErrorSaysSo() throws {
        let mount = try #require(try CgroupMounts.current().unified)
        let parent = "agora-test-busy-\(getpid())"
        let above = CgroupsV2(mount: mount, parent: parent)
        try above.makeLimiting("c.a", CgroupLimits())
        // It stands for the one that a container sees as the machine's root.
        let folder = "\(mount)/\(parent)/c.a"
        var words = [strdup("sleep"), strdup("1000"), nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        #expect(posix_spawnp(&process, "sleep", nil, nil, &words, environ) == 0)
        try SmallFile.write("\(process)", to: "\(folder)/cgroup.procs")
        let error = #expect(throws: KernelError.self) { try CgroupsV2(mount: folder, parent: "x").makeLimiting("c.b", CgroupLimits()) }
        #expect(error?.code == EBUSY && error?.description.contains("the cgroup \(folder), whose processes must") == true)
        #expect(access("\(folder)/x", F_OK) != 0)
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        #expect(try above.remove("c.a"))
        above.removeOurs()
        #expect(access("\(mount)/\(parent)", F_OK) != 0)
    }
}

/// The machine's own, whichever version it has.
// Cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct CgroupLayoutTests {
    @Test func aCgroupIsMadeLimitedAndRemovedWithAllAboveIt() throws {
        let parent = "agora-test-cgroups-\(getpid())"
        let layout = try #require(CgroupLayouts.layout(try CgroupMounts.current(), parent: "\(parent)/x"))
        try layout.makeLimiting("c.a/c.b", CgroupLimits(cpus: 100, cpuLimit: 100, memoryBytes: 32 << 20, pids: 9))
        #expect(layout.children(of: "") == ["c.a"] && layout.children(of: "c.a") == ["c.b"])
        #expect(layout.statistics(of: "c.a/c.b").memoryLimitBytes == 32 << 20)
        #expect(layout.isEmpty("c.a") && layout.memoryKills(in: "c.a/c.b") == 0)
        #expect(try layout.remove("c.a"))
        #expect(try layout.remove("c.a"), "what is gone is removed")
        layout.removeOurs()
        let mounts = try CgroupMounts.current()
        for mount in Set(mounts.controllers.values).union([mounts.unified].compactMap(\.self)) {
            #expect(access("\(mount)/\(parent)", F_OK) != 0)
        }
    }
}

extension DiskUsage {
    fileprivate static func read(_ device: String, bytes: Int64, written: Int64, reads: Int64, writes: Int64) -> DiskUsage {
        var usage = DiskUsage(device: device)
        (usage.readBytes, usage.writtenBytes, usage.reads, usage.writes) = (bytes, written, reads, writes)
        return usage
    }
}
