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
