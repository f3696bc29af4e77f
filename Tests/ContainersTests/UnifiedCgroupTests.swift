import Cluster
import Containers
import Foundation
import LinuxKernel
import Testing

/// What only cgroups of version 2 can do. The virtual machine of the tests has nothing else.
@Suite(.enabled(if: geteuid() == 0 && (try? CgroupMounts.current())?.controllers.isEmpty == true))
struct UnifiedCgroupTests {
    /// The disk that holds the tests' files.
    private func disk(of fixture: ContainerFixture) throws -> String {
        var facts = stat()
        #expect(stat(fixture.base, &facts) == 0)
        return "\(facts.st_dev >> 8 & 0xfff):\(facts.st_dev & 0xff)"
    }

    @Test func memoryThatWasPromisedIsLeftWhenItRunsShort() async throws {
        try await ContainerFixture.run { fixture in
            let readFile = "truncate -s $SIZE file; cat file > /dev/null; echo read; sleep 1000"
            var spec = fixture.spec(ContainerID("promised"), readFile)
            spec.environment.append(("SIZE", "48M"))
            spec.limits.memorySoftBytes = 64 << 20
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it has read") { try fixture.written(by: spec.id) == "read\n" }
            // As if the machine had no more.
            try SmallFile.write("\(128 << 20)", to: "/sys/fs/cgroup/\(fixture.configuration.cgroupParent)/memory.max")
            var other = fixture.spec(ContainerID("other"), readFile)
            other.environment.append(("SIZE", "512M"))
            _ = try await fixture.containerizer.launch(other)
            try await eventually("the other has read") { try fixture.written(by: other.id) == "read\n" }
            #expect(try fixture.containerizer.statistics(of: spec.id).usage.memoryFileBytes ?? 0 > 40 << 20)
            // What was promised to one that has ended is not kept back.
            _ = try await fixture.containerizer.destroy(spec.id)
            let low = try SmallFile.read("/sys/fs/cgroup/\(fixture.configuration.cgroupParent)/memory.low")
            #expect(low == "0\n")
        }
    }

    @Test func whatIsWrittenToDisksIsCountedWithoutALimitAndHeldToOne() async throws {
        try await ContainerFixture.run { fixture in
            let disk = try disk(of: fixture), write = "dd if=/dev/zero of=file bs=64k count=48 oflag=direct 2> /dev/null"
            var spec = fixture.spec(ContainerID("free"), "\(write); echo written; sleep 1000")
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it has written") { try fixture.written(by: spec.id) == "written\n" }
            let usage = try fixture.containerizer.statistics(of: spec.id).usage
            #expect(usage.disks.first { $0.device == disk }?.writtenBytes ?? 0 >= 3 << 20)
            #expect(usage.pressure.map(\.resource) == ["cpu", "memory", "io"])
            // Three times what it may in a second.
            spec = fixture.spec(ContainerID("held"), write)
            spec.limits.io = [DiskLimit(device: disk)]
            spec.limits.io[0].writtenBytes = 1 << 20
            let start = ContinuousClock.now
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.containerizer.wait(spec.id).waitStatus == 0)
            #expect(ContinuousClock.now - start > .seconds(1))
        }
    }

    @Test func aContainerSeesNothingAboveItsOwnCgroup() async throws {
        try await ContainerFixture.run { fixture in
            let seen = try await fixture.output(of: ContainerID("one"), "cat /proc/self/cgroup")
            #expect(seen == "0::/\n")
        }
    }
}
