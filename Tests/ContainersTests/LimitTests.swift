import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct LimitTests {
    @Test(arguments: [true, false])
    func whoNeedsMoreMemoryThanItsLimitIsKilledAndTheEndSaysSo(nested: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            if nested { _ = try await fixture.containerizer.launch(fixture.spec(pod, nil)) }
            let id = nested ? pod.child("hog") : pod
            let end = try await fixture.end(of: id, "head -c 100m /dev/zero | tail > /dev/null; exit 3") {
                $0.limits.memoryBytes = 16 << 20
            }
            #expect(end.waitStatus == 3 << 8)
            #expect(end.limitation == .memory(limitBytes: 16 << 20))
            #expect(end.message?.contains("16 MiB") == true)
            #expect(end.use?.memoryLimitBytes == 16 << 20)
            #expect(((15 << 20)...(16 << 20)).contains(end.use?.memoryPeakBytes ?? 0), "\(end)")
            #expect(end.use?.isShared == false)
        }
    }

    @Test func inASharedLimitTheOneThatWasKilledIsTold() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.limits.memoryBytes = 32 << 20
            _ = try await fixture.containerizer.launch(spec)
            let hog = try await fixture.end(of: pod.child("hog"), "exec tail /dev/zero") { $0.sharesCgroup = true }
            #expect(hog.waitStatus == 9 && hog.limitation == .memory(limitBytes: 32 << 20), "\(hog)")
            // The one death is told already.
            let other = try await fixture.end(of: pod.child("other"), "kill -9 $$") { $0.sharesCgroup = true }
            #expect(other.waitStatus == 9 && other.limitation == nil, "\(other)")
            let shell = try await fixture.end(of: pod.child("shell"), "tail /dev/zero") { $0.sharesCgroup = true }
            #expect(shell.limitation == .memory(limitBytes: 32 << 20), "\(shell)")
        }
    }

    @Test func whoWasToldToEndDidNotEndForMemory() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            var spec = fixture.spec(id, "tail /dev/zero; echo on; exec sleep 1000")
            spec.limits.memoryBytes = 32 << 20
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("a program of it was killed") { try fixture.written(by: id) == "on\n" }
            try fixture.containerizer.kill(id, signal: SIGTERM)
            let end = try await fixture.containerizer.wait(id)
            #expect(end.waitStatus == SIGTERM && end.limitation == nil, "\(end)")
        }
    }

    @Test func theEndTellsWhatWasUsedAlsoOfOneThatSharesACgroup() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.limits.memoryBytes = 64 << 20
            _ = try await fixture.containerizer.launch(spec)
            let line = "head -c 20m /dev/zero | tail > /dev/null; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"
            let end = try await fixture.end(of: pod.child("worker"), line) { $0.sharesCgroup = true }
            let use = try #require(end.use)
            #expect(use.isShared && use.memoryLimitBytes == 64 << 20)
            #expect(((20 << 20)...(64 << 20)).contains(use.memoryPeakBytes ?? 0), "\(use)")
            #expect((use.cpuUserMicroseconds ?? 0) > 1000)
        }
    }

    @Test func aMemoryLimitThatIsTooSmallFailsTheLaunch() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.limits.memoryBytes = 4096
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .launchFailed(_, let reason) = error else {
                Issue.record("launched, or \(error.map { "\($0)" } ?? "")")
                return
            }
            #expect(reason.reason.contains("memory limit"), "\(reason)")
            let left = try Folder.open("\(fixture.base)/run/containers").names()
            #expect(left.isEmpty && access(spec.sandbox, F_OK) != 0)
        }
    }

    @Test func theNumberOfProcessesIsLimited() async throws {
        try await ContainerFixture.run { fixture in
            let line = "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2 & done; wait"
            let end = try await fixture.end(of: ContainerID("one"), line) { $0.limits.pids = 5 }
            #expect(end.waitStatus != 0)
            #expect(try fixture.written(by: ContainerID("one"), to: "stderr").contains("fork"))
        }
    }

    @Test func statisticsAreThoseOfTheContainer() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            var spec = fixture.spec(id, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo done; sleep 1000")
            spec.limits = ResourceLimits(cpus: 500, cpuLimit: 1500, memoryBytes: 64 << 20, pids: 20)
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it has worked") { try fixture.written(by: id) == "done\n" }
            let statistics = try fixture.containerizer.statistics(of: id)
            #expect(statistics.cpus == 500 && statistics.cpuLimit == 1500)
            #expect(statistics.usage.memoryLimitBytes == 64 << 20)
            #expect((statistics.usage.cpuUserMicroseconds ?? 0) > 1000)
            #expect((statistics.usage.memoryBytes ?? 0) > 100_000)
            #expect((statistics.usage.pids ?? 0) >= 2)
        }
    }

    @Test func limitsCanBeChangedWhileItRuns() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one"), child = id.child("web")
            _ = try await fixture.containerizer.launch(fixture.spec(id, nil))
            var spec = fixture.spec(child, nil)
            spec.sharesCgroup = true
            _ = try await fixture.containerizer.launch(spec)
            try fixture.containerizer.update(id, limits: ResourceLimits(cpus: 2000, memoryBytes: 128 << 20))
            // A child that shares its parent's cgroup shows what that one uses.
            for name in [id, child] {
                let statistics = try fixture.containerizer.statistics(of: name)
                #expect(statistics.cpus == 2000 && statistics.usage.memoryLimitBytes == 128 << 20)
            }
            #expect(throws: ContainerError.self) {
                try fixture.containerizer.update(child, limits: ResourceLimits(cpus: 1))
            }
        }
    }

    @Test(arguments: [true, false])
    func aContainerRunsOnItsProcessorsOnlyAndSoDoChildren(sharesCgroup: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.limits.processors = "1"
            _ = try await fixture.containerizer.launch(spec)
            let line = "grep Cpus_allowed_list /proc/self/status"
            let inner = try await fixture.output(of: pod.child("web"), line) { $0.sharesCgroup = sharesCgroup }
            #expect(inner == "Cpus_allowed_list:\t1\n")
            var limits = ResourceLimits()
            limits.processors = "0"
            try fixture.containerizer.update(pod, limits: limits)
            let again = try await fixture.output(of: pod.child("again"), line) { $0.sharesCgroup = sharesCgroup }
            #expect(again == "Cpus_allowed_list:\t0\n")
        }
    }

    @Test func swapAndSoftMemoryAreLimitedAndToldOf() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), nil)
            spec.limits.memoryBytes = 64 << 20
            spec.limits.memorySoftBytes = 32 << 20
            spec.limits.swapBytes = 0
            _ = try await fixture.containerizer.launch(spec)
            #expect(try fixture.containerizer.statistics(of: spec.id).usage.memorySoftLimitBytes == 32 << 20)
            var limits = ResourceLimits(memoryBytes: 128 << 20)
            limits.swapBytes = 0
            try fixture.containerizer.update(spec.id, limits: limits)
            limits.memoryBytes = 16 << 20
            try fixture.containerizer.update(spec.id, limits: limits)
            let usage = try fixture.containerizer.statistics(of: spec.id).usage
            #expect(usage.memoryLimitBytes == 16 << 20 && usage.memorySoftLimitBytes == 32 << 20)
            #expect(usage.processes == 1)
        }
    }

    @Test func programsThatAreFrozenStandStillUntilTheyGoOn() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            _ = try await fixture.containerizer.launch(fixture.spec(id, "echo on; while true; do :; done"))
            try await eventually("it works") { try fixture.written(by: id) == "on\n" }
            try fixture.containerizer.freeze(id, true)
            let used = { try fixture.containerizer.statistics(of: id).usage.cpuUserMicroseconds ?? 0 }
            // The kernel stops each process at its next occasion.
            var last: Int64 = -1
            try await eventually("it stands still") {
                defer { last = (try? used()) ?? 0 }
                return try used() == last
            }
            let still = try used()
            try fixture.containerizer.freeze(id, false)
            try await eventually("it goes on") { try used() > still }
            #expect(throws: ContainerError.self) { try fixture.containerizer.freeze(ContainerID("none"), true) }
        }
    }

    @Test func theOperatorsRulesHoldForAll() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), nil)
            spec.limits = ResourceLimits(cpus: 300, memoryBytes: 32 << 20)
            let status = try await fixture.containerizer.launch(spec)
            let statistics = try fixture.containerizer.statistics(of: spec.id)
            #expect(statistics.cpuLimit == 300)
            let places = try SmallFile.read("/proc/\(status.pid ?? 0)/cgroup").split(separator: "\n")
            // On v2 see `CgroupsV2Tests`.
            if let place = places.first(where: { $0.contains(":cpu:") })?.split(separator: ":").last {
                #expect(try SmallFile.read("/sys/fs/cgroup/cpu\(place)/cpu.cfs_burst_us") == "15000\n")
            }
            let end = try await fixture.end(of: ContainerID("two"), "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2 & done; wait")
            #expect(end.waitStatus != 0)
        } configure: {
            $0.limits.enforcesShares = true
            $0.limits.burstPercent = 50
            $0.limits.forbidsSwap = true
            $0.limits.pids = 5
        }
    }

    private typealias Change = @Sendable (inout ResourceLimits) -> Void

    private static let impossible: [Change] = [
        { $0.swapBytes = -1 }, { $0.swapBytes = 1 }, { $0.ioWeight = 0 }, { $0.ioWeight = 10_001 }, { $0.processors = "" },
        { $0.processors = "1-" }, { $0.processors = "2-1" }, { $0.processors = "1,\n" }, { $0.processors = "99999999999" },
        { $0.io = [DiskLimit(device: "/dev/sda")] }, { $0.io = Array(repeating: DiskLimit(device: "8:0"), count: 65) },
        { $0.memorySoftBytes = 0 }, { $0.cpuBurst = -1 },
    ]

    @Test(arguments: impossible.indices)
    func otherLimitsThatAreNoneAreRefused(index: Int) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            Self.impossible[index](&spec.limits)
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .invalid = error else {
                Issue.record("not refused")
                return
            }
        }
    }

    @Test(arguments: [
        ResourceLimits(cpus: 0), ResourceLimits(cpuLimit: -1), ResourceLimits(memoryBytes: 0), ResourceLimits(pids: .min),
    ])
    func limitsThatAreNoneAreRefused(limits: ResourceLimits) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.limits = limits
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .invalid = error else {
                Issue.record("not refused")
                return
            }
            _ = try Folder.open(fixture.base)
        }
    }
}
