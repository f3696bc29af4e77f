import Foundation
import TestSupport
import Testing

/// Containers on a machine that has cgroups of version 2 and no others, with the kernel of Debian, which counts what projects
/// of files take.
///
/// This machine may have other cgroups and file systems, so tests of containers are run once more in a small virtual one.
/// See `Scripts/virtual-machine.sh`.
@Suite(.serialized, .enabled(if: VirtualMachine.isPossible, "needs a Debian machine with x86-64 processors, and QEMU"))
struct VirtualMachineTests {
    /// The suites that say what cgroups do for containers.
    private static let cgroups = [
        "LinuxKernelTests.CgroupLayoutTests", "LinuxKernelTests.CgroupsV2AloneTests", "ContainersTests.UnifiedCgroupTests",
        "ContainersTests.LimitTests",
    ]

    /// The suites that say what file systems do for containers.
    private static let fileSystems = ["ContainersTests.ProjectQuotaTests", "IntegrationTests.DiskQuotaTests"]

    @Test(arguments: [cgroups, fileSystems]) func containersAreLimitedAndWatched(suites: [String]) async throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let filter = "^(\(suites.joined(separator: "|")))/"
        let ended = try await VirtualMachine.run([
            tests, "--testing-library", "swift-testing", "--experimental-maximum-parallelization-width", "3", "--filter", filter,
        ])
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        for suite in suites {
            let name = suite.split(separator: ".")[1]
            #expect(ended.output.contains("Suite \(name) passed"), "\(ended.output)\(ended.errors)")
        }
    }
}
