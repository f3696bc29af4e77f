import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct LaunchTests {
    @Test(arguments: [("true", 0), ("exit 42", 42 << 8), ("kill -TERM $$", 15), ("no-such-command-here", 127 << 8)])
    func aCommandEndsWithItsStatus(line: String, waitStatus: Int32) async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            let end = try await fixture.end(of: id, line)
            #expect(end.waitStatus == waitStatus && end.limitation == nil)
            try await fixture.containerizer.remove(id)
            #expect(access(fixture.sandbox(of: id), F_OK) != 0)
            #expect(fixture.containerizer.containers().isEmpty)
        }
    }

    @Test func aContainerIsProcessOneWithItsOwnNamespaces() async throws {
        try await ContainerFixture.run { fixture in
            let line = "echo $PPID; ls -d /proc/[0-9]* | wc -l; for n in mnt pid ipc uts cgroup; do readlink /proc/self/ns/$n; done"
            let lines = try await fixture.output(of: ContainerID("one"), line).split(separator: "\n")
            #expect(lines.first == "1")
            // The init, the shell, ls and wc.
            #expect(lines.count == 7 && (Int(lines[1]) ?? 99) <= 4)
            for namespace in lines.dropFirst(2) {
                let kind = namespace.prefix { $0 != ":" }
                #expect(target(ofLink: "/proc/self/ns/\(kind)") != namespace)
            }
        }
    }
}
