import Foundation
import TestSupport
import Testing

/// Containers on a machine that has cgroups of version 2 and no others, with the kernel of Debian.
///
/// This machine may have other cgroups, so the tests of containers are run once more in a small virtual one.
/// See `Scripts/virtual-machine.sh`.
@Suite(.serialized, .enabled(if: VirtualMachine.isPossible, "needs a Debian machine with x86-64 processors, and QEMU"))
struct VirtualMachineTests {
    /// The suites that say what cgroups do for containers.
    private static let suites = [
        "LinuxKernelTests.CgroupLayoutTests", "LinuxKernelTests.CgroupsV2AloneTests", "ContainersTests.UnifiedCgroupTests",
        "ContainersTests.LimitTests",
    ]

    @Test func containersAreLimitedAndWatchedByVersion2Alone() async throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let filter = "^(\(Self.suites.joined(separator: "|")))/"
        let ended = try await VirtualMachine.run([
            tests, "--testing-library", "swift-testing", "--experimental-maximum-parallelization-width", "3", "--filter", filter,
        ])
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        for suite in Self.suites {
            let name = suite.split(separator: ".")[1]
            #expect(ended.output.contains("Suite \(name) passed"), "\(ended.output)\(ended.errors)")
        }
    }
}
