import Cluster
import Containers
import Glibc
import LinuxKernel
import TestSupport
import Testing

/// What containers have on the disk, where the file system counts and limits it. The virtual machine of the tests can do that.
@Suite(.enabled(if: !QuotaDisk.possible.isEmpty, "needs a kernel and file systems with project quotas"))
struct ProjectQuotaTests {
    private static let mebibyte: Int64 = 1 << 20

    private static func run(
        _ kind: QuotaDisk,
        _ body: (ContainerFixture) async throws -> Void,
        configure: (inout ContainerizerConfiguration) -> Void = { _ in }
    ) async throws {
        try await kind.with { path in
            try await ContainerFixture.run(in: path, body) {
                $0.diskAccounting = .project
                $0.diskWatchInterval = .milliseconds(10)
                $0.enforcesDiskLimits = true
                configure(&$0)
            }
        }
    }

    private static func write(_ mebibytes: Int, to place: String) -> String {
        "dd if=/dev/zero of=\(place) bs=64k count=\(mebibytes * 16)"
    }

    private static func used(_ fixture: ContainerFixture, _ id: ContainerID) throws -> Int64 {
        try fixture.containerizer.statistics(of: id).diskUsedBytes ?? -1
    }

    @Test(arguments: QuotaDisk.possible, ["/written", "written"])
    func whatIsBeyondTheLimitIsRefusedAndTheContainerGoesOn(kind: QuotaDisk, place: String) async throws {
        try await Self.run(kind) { fixture in
            let line = "words=$(\(Self.write(3, to: place)) 2>&1); rm \(place); echo $words; \(Self.write(1, to: place)) 2>&1; rm \(place)"
            let words = try await fixture.outputInImage(line) { $0.diskBytes = 2 * Self.mebibyte }
            #expect(words.contains(kind.refusal))
            // What was removed may be written again.
            #expect(words.contains("16+0 records out"))
        }
    }

    /// On ext4, whoever has CAP_SYS_RESOURCE of the machine.
    @Test(.enabled(if: QuotaDisk.possible.contains(.ext4)))
    func whoMayGoBeyondTheLimitIsEnded() async throws {
        try await Self.run(.ext4) { fixture in
            let end = try await fixture.end(of: ContainerID("one"), "\(Self.write(3, to: "file")) && sleep 1000") {
                $0.diskBytes = Self.mebibyte
            }
            guard case .disk(Self.mebibyte, let used) = end.limitation else {
                Issue.record("ended with \(end)")
                return
            }
            #expect(used > Self.mebibyte && end.waitStatus == SIGKILL)
        }
    }

    @Test(arguments: QuotaDisk.possible)
    func whatIsInsideCountsForThoseAroundAlsoWhenItIsForgotten(kind: QuotaDisk) async throws {
        try await Self.run(kind) { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let (pod, web, bare) = (ContainerID("pod"), ContainerID("pod").child("web"), ContainerID("pod").child("bare"))
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            var spec = fixture.spec(web, "\(Self.write(3, to: "file")); \(Self.write(2, to: "/file")); sleep 1000")
            spec.root = .image(layers: [layer])
            spec.diskBytes = 64 * Self.mebibyte
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it is counted") { try Self.used(fixture, web) >= 5 * Self.mebibyte }
            #expect(try fixture.containerizer.statistics(of: web).diskLimitBytes == 64 * Self.mebibyte)
            // One without a limit of its own belongs to the one around it.
            spec = fixture.spec(bare, "\(Self.write(2, to: "/file")); sleep 1000")
            spec.root = .image(layers: [layer])
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("all is counted") { try Self.used(fixture, pod) >= 7 * Self.mebibyte }
            #expect(try fixture.containerizer.statistics(of: bare).diskUsedBytes == nil)
            _ = try await fixture.containerizer.destroy(web)
            try await fixture.containerizer.forget(web)
            _ = try await fixture.containerizer.destroy(bare)
            try await fixture.containerizer.remove(bare)
            // Its sandbox is still there, and what it wrote into its image is not.
            try await eventually("only its sandbox is counted") {
                (3 * Self.mebibyte..<4 * Self.mebibyte).contains(try Self.used(fixture, pod))
            }
        } configure: {
            $0.enforcesDiskLimits = false
        }
    }

    @Test(arguments: QuotaDisk.possible) func whatWasThereBeforeCounts(kind: QuotaDisk) async throws {
        try await Self.run(kind) { fixture in
            let id = ContainerID("one")
            let folder = try Folder.make("\(fixture.sandbox(of: id))/deeper/still")
            let file = try folder.file("fetched", flags: O_WRONLY | O_CREAT, mode: 0o644)
            try file.write([UInt8](repeating: 1, count: 2 << 20), describedAs: "a file")
            symlink("/usr", "\(folder.path)/out")
            mkfifo("\(folder.path)/pipe", 0o600)
            _ = try await fixture.containerizer.launch(fixture.spec(id, "sleep 1000"))
            try await eventually("it is counted") { try Self.used(fixture, id) >= 2 * Self.mebibyte }
        }
    }

    @Test(arguments: QuotaDisk.possible) func aLimitIsChangedWhileTheContainerRuns(kind: QuotaDisk) async throws {
        try await Self.run(kind) { fixture in
            let id = try await Self.launchOneThatNeedsMore(fixture)
            try fixture.containerizer.limitDisk(of: id, to: 16 * Self.mebibyte)
            try await eventually("it has written") { try fixture.written(by: id).contains("written") }
            #expect(try fixture.containerizer.statistics(of: id).diskLimitBytes == 16 * Self.mebibyte)
        }
    }

    @Test(arguments: QuotaDisk.possible) func aRestartKeepsLimitsOrLiftsThem(kind: QuotaDisk) async throws {
        try await Self.run(kind) { fixture in
            let id = try await Self.launchOneThatNeedsMore(fixture)
            fixture.containerizer.shutdown()
            let second = try Containerizer(configuration: fixture.configuration)
            _ = try await second.recover(known: nil)
            try await eventually("it is counted again") { try second.statistics(of: id).diskUsedBytes ?? 0 > Self.mebibyte }
            #expect(try !fixture.written(by: id).contains("written"))
            second.shutdown()
            var configuration = fixture.configuration
            configuration.diskAccounting = .measured
            configuration.enforcesDiskLimits = false
            let third = try Containerizer(configuration: configuration)
            _ = try await third.recover(known: nil)
            try await eventually("it has written") { try fixture.written(by: id).contains("written") }
            try await eventually("it is measured") { try third.statistics(of: id).diskUsedBytes ?? 0 >= 4 * Self.mebibyte }
            third.shutdown()
        }
    }

    /// It writes 4 MiB again and again until it may, with a limit of 2 MiB.
    private static func launchOneThatNeedsMore(_ fixture: ContainerFixture) async throws -> ContainerID {
        let layer = try ImageFixture.layer("\(fixture.base)/layer")
        var spec = fixture.spec(
            ContainerID("one"),
            "until \(write(4, to: "file")) 2> /dev/null; do rm file; touch refused; sleep 0.1; done; echo written; sleep 1000"
        )
        spec.root = .image(layers: [layer])
        spec.diskBytes = 2 * mebibyte
        _ = try await fixture.containerizer.launch(spec)
        try await eventually("it is refused") { access("\(fixture.sandbox(of: spec.id))/refused", F_OK) == 0 }
        return spec.id
    }

    @Test(arguments: QuotaDisk.possible) func projectsOfFilesThatAreGoneAreGivenAgain(kind: QuotaDisk) async throws {
        try await Self.run(kind) { fixture in
            func launch(_ name: String) async -> ContainerError? {
                await failure { () async throws(ContainerError) in
                    try await fixture.containerizer.launch(fixture.spec(ContainerID(name), "sleep 1000"))
                }
            }
            for name in ["one", "two"] { #expect(await launch(name) == nil) }
            #expect(await launch("three")?.description.contains("all projects from 7001 to 7002 have files") == true)
            #expect(access(fixture.sandbox(of: ContainerID("three")), F_OK) != 0)
            _ = try await fixture.containerizer.destroy(ContainerID("one"))
            try await fixture.containerizer.forget(ContainerID("one"))
            // Its sandbox is still there.
            #expect(await launch("three") != nil)
            try Folder.open("\(fixture.base)/sandboxes").removeTree("one")
            // xfs counts what is removed a moment longer.
            for _ in 0..<500 where await launch("three") != nil { try await Task.sleep(for: .milliseconds(20)) }
            #expect(fixture.containerizer.containers().map(\.id.value) == ["three", "two"])
        } configure: {
            $0.diskProjects = 7001...7002
        }
    }

    @Test(arguments: QuotaDisk.possible) func withoutAFreeProjectAContainerIsMeasured(kind: QuotaDisk) async throws {
        try await Self.run(kind) { fixture in
            for name in ["one", "two"] {
                let id = ContainerID(name)
                _ = try await fixture.containerizer.launch(fixture.spec(id, "\(Self.write(3, to: "file")); sleep 1000"))
                try await eventually("\(name) is counted or measured") { try Self.used(fixture, id) >= 3 * Self.mebibyte }
                #expect(try Self.used(fixture, id) < 4 * Self.mebibyte)
            }
        } configure: {
            $0.diskProjects = 7001...7001
            $0.diskAccounting = .auto
        }
    }
}
