import Glibc
import Testing

@testable import LinuxKernel

private let controllers = (try? CgroupMounts.current().controllers) ?? [:]

/// Version 1 alone, as on machines without a v2 hierarchy beside it: the machine's own controllers.
// Cgroups need root.
@Suite(.enabled(if: geteuid() == 0 && controllers["devices"] != nil && controllers["freezer"] != nil))
struct CgroupsV1Tests {
    /// Runs a shell line in a cgroup: it begins when it is in.
    private func run(_ line: String, in path: String, of layout: any CgroupLayout) throws -> Pidfd {
        var pid: pid_t = 0
        let words = ["sh", "-c", "kill -STOP $$; \(line)"]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawn(&pid, "/bin/sh", nil, nil, arguments, nil)
        try #require(result == 0)
        let process = try Pidfd(opening: pid)
        for file in try layout.entrance(to: CgroupPlaces(limiting: path, tracking: path)).files {
            try file.write(Array("\(pid)".utf8), describedAs: "tasks")
        }
        try wait(until: { try SmallFile.read("/proc/\(pid)/stat").contains(") T ") })
        try process.send(signal: SIGCONT)
        return process
    }

    private func wait(until holds: () throws -> Bool) throws {
        for _ in 0..<2000 {
            if try holds() { return }
            usleep(5000)
        }
        Issue.record("not within ten seconds")
    }

    private func with(_ body: (CgroupsV1) throws -> Void) throws {
        var mounts = try CgroupMounts.current()
        mounts.unified = nil
        let parent = "agora-test-v1-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let layout = try #require(CgroupsV1(mounts, parent: parent))
        defer {
            layout.killAll(in: "c.a")
            for _ in 0..<200 where (try? layout.remove("c.a")) != true { usleep(5000) }
            layout.removeOurs()
            for mount in mounts.controllers.values { #expect(access("\(mount)/\(parent)", F_OK) != 0) }
        }
        try layout.makeLimiting("c.a", CgroupLimits())
        try body(layout)
    }

    @Test func processesAreFrozenAndEndAllTheSame() throws {
        try with { layout in
            let process = try run("while :; do :; done", in: "c.a", of: layout)
            let used = { layout.statistics(of: "c.a").cpuUserMicroseconds ?? 0 }
            try wait(until: { used() > 0 })
            try layout.freeze("c.a", true)
            // The kernel stops a process at its next occasion.
            var last: Int64 = -1
            try wait(until: {
                defer { last = used() }
                return used() == last
            })
            let still = used()
            try layout.freeze("c.a", false)
            try wait(until: { used() > still })
            try layout.freeze("c.a", true)
            layout.killAll(in: "c.a")
            #expect(process.hasEnded(within: 10_000))
            #expect(try process.reap() == SIGKILL)
        }
    }

    @Test func onlySomeDevicesCanBeUsed() throws {
        try with { layout in
            try layout.limitDevices("c.a", to: [DeviceRule(isBlock: false, major: 1, minor: 3)])
            let process = try run("exec < /dev/null || exit 1; (exec < /dev/zero) 2> /dev/null && exit 2; exit 3", in: "c.a", of: layout)
            #expect(process.hasEnded(within: 10_000))
            #expect(try process.reap() == 3 << 8)
        }
    }

    @Test func someDevicesCanBeForbidden() throws {
        try with { layout in
            try layout.limitDevices("c.a", to: DeviceRule.all(but: [DeviceRule(isBlock: false, major: 1, minor: 5)]))
            let process = try run("exec < /dev/null || exit 1; (exec < /dev/zero) 2> /dev/null && exit 2; exit 3", in: "c.a", of: layout)
            #expect(process.hasEnded(within: 10_000))
            #expect(try process.reap() == 3 << 8)
        }
    }

    @Test func aCgroupThatOnlyTracksIsFrozenToo() throws {
        try with { layout in
            try layout.makeTracking("c.a/c.b")
            let entrance = try layout.entrance(to: CgroupPlaces(limiting: "c.a", tracking: "c.a/c.b"))
            #expect(Set(entrance.files.map(\.number)).count == entrance.files.count)
            try layout.freeze("c.a/c.b", true)
            #expect(layout.children(of: "c.a") == ["c.b"])
        }
    }

    @Test func whatIsSavedUpNeverExceedsTheQuota() throws {
        try with { layout in
            let folder = layout.cpu
            var limits = CgroupLimits(cpuLimit: 2000)
            limits.cpuBurst = 500
            let burst = { try SmallFile.read("\(folder)/c.a/cpu.cfs_burst_us") }
            try layout.limit("c.a", limits)
            #expect(try burst() == "50000\n")
            limits = CgroupLimits(cpuLimit: 300)
            limits.cpuBurst = 1000
            try layout.limit("c.a", limits)
            #expect(try burst() == "30000\n")
            #expect(try SmallFile.read("\(folder)/c.a/cpu.cfs_quota_us") == "30000\n")
        }
    }
}
