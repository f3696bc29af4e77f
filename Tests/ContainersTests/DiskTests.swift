import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// What containers have on the disk.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct DiskTests {
    private static func soon(_ configuration: inout ContainerizerConfiguration) {
        configuration.diskAccounting = .measured
        configuration.diskWatchInterval = .milliseconds(10)
        configuration.enforcesDiskLimits = true
    }

    @Test(arguments: [true, false])
    func whoWritesMoreThanItsLimitIsEndedAndTheEndSaysSo(intoImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let place = intoImage ? "/written" : "written"
            let end = try await fixture.end(of: ContainerID("one"), "dd if=/dev/zero of=\(place) bs=1024k count=3 && sleep 1000") {
                if intoImage { $0.root = .image(layers: [layer]) }
                $0.diskBytes = 1 << 20
            }
            guard case .disk(let limit, let used) = end.limitation else {
                Issue.record("ended with \(end)")
                return
            }
            #expect(limit == 1 << 20 && used > limit && end.waitStatus == SIGKILL)
            #expect(end.message?.contains("Disk limit exceeded") == true)
        } configure: {
            Self.soon(&$0)
        }
    }

    @Test func whatThoseInsideWriteIntoTheirImagesCounts() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            var spec = fixture.spec(pod.child("web"), "dd if=/dev/zero of=/x bs=1024k count=3 && sleep 1000")
            spec.root = .image(layers: [layer])
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it is measured") { try fixture.containerizer.statistics(of: pod).diskUsedBytes ?? 0 >= 3 << 20 }
        } configure: {
            Self.soon(&$0)
        }
    }

    @Test func aLimitThatIsNotEnforcedIsOnlyToldOf() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            var spec = fixture.spec(pod.child("web"), "dd if=/dev/zero of=x bs=1024k count=3 && sleep 1000")
            spec.diskBytes = 1 << 20
            _ = try await fixture.containerizer.launch(spec)
            // What is inside counts for those around it, too.
            for id in [pod, spec.id] {
                try await eventually("\(id) is measured") {
                    try fixture.containerizer.statistics(of: id).diskUsedBytes ?? 0 >= 3 << 20
                }
            }
            #expect(try fixture.containerizer.statistics(of: spec.id).diskLimitBytes == 1 << 20)
            try fixture.containerizer.limitDisk(of: spec.id, to: nil)
            #expect(try fixture.containerizer.statistics(of: spec.id).diskLimitBytes == nil)
        } configure: {
            Self.soon(&$0)
            $0.enforcesDiskLimits = false
        }
    }

    @Test(arguments: [DiskAccounting.project, .auto, .measured])
    func whereTheFileSystemLimitsNoProjectsTheyAreNotUsed(accounting: DiskAccounting) throws {
        let base = "/dev/shm/agora-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { try? Folder.open("/dev/shm").removeTree(String(base.dropFirst("/dev/shm/".count))) }
        var configuration = ContainerizerConfiguration(runtimeDirectory: base)
        configuration.cgroupParent = String(base.dropFirst("/dev/shm/".count))
        configuration.diskAccounting = accounting
        do throws(ContainerError) {
            try Containerizer(configuration: configuration).shutdown()
            #expect(accounting != .project)
        } catch {
            #expect(accounting == .project)
            #expect(error.description.contains(base) && error.description.contains("prjquota"), "\(error)")
        }
    }

    @Test func theCountEndsAndNoLinkLeadsItOut() throws {
        let base = "/tmp/agora-size-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let folder = try Folder.make(base)
        defer { try? Folder.open("/tmp").removeTree(String(base.dropFirst("/tmp/".count))) }
        for number in 0..<20 { _ = try folder.makePath("\(number)/deeper") }
        symlink("/usr", "\(base)/out")
        let file = try folder.file("big", flags: O_WRONLY | O_CREAT, mode: 0o644)
        try file.write([UInt8](repeating: 1, count: 1 << 20), describedAs: "big")
        link("\(base)/big", "\(base)/again")
        let whole = try FolderSize.measure(folder, entryLimit: 1000)
        #expect(whole.isWhole && whole.entries == 42)
        #expect(whole.bytes >= 1 << 20 && whole.bytes < 2 << 20)
        let part = try FolderSize.measure(folder, entryLimit: 10)
        #expect(!part.isWhole && part.entries == 10)
    }

    @Test func foldersInFoldersAreFollowedToALimit() throws {
        let base = "/tmp/agora-depth-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        var folder = try Folder.make(base)
        defer { try? Folder.open("/tmp").removeTree(String(base.dropFirst("/tmp/".count))) }
        for _ in 0..<300 {
            _ = try folder.makeFolder("d")
            folder = try folder.folder("d")
        }
        let size = try FolderSize.measure(try Folder.open(base), entryLimit: 1000)
        #expect(!size.isWhole && size.entries == FolderSize.maximumDepth)
    }

    @Test(arguments: [0, -1, Int64.min])
    func aLimitThatIsNoneIsRefused(bytes: Int64) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.diskBytes = bytes
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .invalid = error else {
                Issue.record("not refused")
                return
            }
        }
    }
}
