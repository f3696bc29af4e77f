import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct VolumeTests {
    /// Roots that volumes are tried with.
    enum Root: CaseIterable {
        case host, image
    }

    private func root(_ root: Root, _ fixture: ContainerFixture) throws -> RootFilesystem {
        root == .host ? .parent : .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
    }

    @Test(arguments: Root.allCases)
    func aFolderOfTheHostIsSeenInTheSandbox(_ kind: Root) async throws {
        try await ContainerFixture.run { fixture in
            let source = try ImageFixture.files("\(fixture.base)/source", ["file": "host"])
            let root = try root(kind, fixture)
            let output = try await fixture.output(of: ContainerID("one"), "cat deep/down/file; echo new > deep/down/new") {
                $0.root = root
                $0.volumes = [VolumeMount(source: .host(source), containerPath: "deep/down")]
            }
            #expect(output == "host")
            #expect(try SmallFile.read("\(source)/new") == "new\n")
        }
    }

    @Test(arguments: Root.allCases)
    func aReadOnlyVolumeCannotBeWrittenTo(_ kind: Root) async throws {
        try await ContainerFixture.run { fixture in
            let source = try ImageFixture.files("\(fixture.base)/source", ["file": "host"])
            let root = try root(kind, fixture)
            let output = try await fixture.output(of: ContainerID("one"), "cat v/file; (echo x > v/new) 2>/dev/null || echo refused") {
                $0.root = root
                $0.volumes = [VolumeMount(source: .host(source), containerPath: "v", isReadOnly: true)]
            }
            #expect(output == "hostrefused\n")
        }
    }

    @Test(arguments: Root.allCases)
    func aSingleFileIsSeenAtAnAbsolutePath(_ kind: Root) async throws {
        try await ContainerFixture.run { fixture in
            let source = try ImageFixture.files("\(fixture.base)/source", ["file": "host"])
            // On the host's root the place must exist; in an image's it is made.
            let place = kind == .host ? "/etc/hostname" : "/etc/some/file"
            let root = try root(kind, fixture)
            let output = try await fixture.output(of: ContainerID("one"), "cat \(place)") {
                $0.root = root
                $0.volumes = [VolumeMount(source: .host("\(source)/file"), containerPath: place)]
            }
            #expect(output == "host")
        }
    }

    @Test(arguments: Root.allCases)
    func aFolderOfTheParentsSandboxIsShared(_ kind: Root) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            let root = try root(kind, fixture)
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            for (name, line) in [("writer", "echo shared > v/file"), ("reader", "cat v/file")] {
                let output = try await fixture.output(of: pod.child(name), line) {
                    $0.root = root
                    $0.volumes = [VolumeMount(source: .parentSandbox("common/data"), containerPath: "v")]
                }
                #expect(output == (name == "reader" ? "shared\n" : ""))
            }
            #expect(try SmallFile.read("\(fixture.sandbox(of: pod))/common/data/file") == "shared\n")
        }
    }

    @Test func aFolderOfTheOwnSandboxIsSeenInTheImageAndBelongsToItsUser() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("echo data > /var/lib/db/file; stat -c %u /var/lib/db") {
                $0.user = "1234"
                $0.volumes = [VolumeMount(source: .sandbox("db"), containerPath: "/var/lib/db")]
            }
            #expect(output == "1234\n")
            #expect(try fixture.written(by: ContainerID("image"), to: "db/file") == "data\n")
        }
    }

    @Test(arguments: Root.allCases)
    func anImageIsSeenAndWhatIsWrittenThereGoesWithTheContainer(_ kind: Root) async throws {
        try await ContainerFixture.run { fixture in
            let low = try ImageFixture.files("\(fixture.base)/low", ["a": "low", "b": "low"])
            let high = try ImageFixture.files("\(fixture.base)/high", ["b": "high"])
            let root = try root(kind, fixture)
            let line = "cat data/a data/b; echo new > data/a; cat data/a; (echo x > kept/b) 2>/dev/null || echo refused; cat kept/a"
            let output = try await fixture.output(of: ContainerID("one"), line) {
                $0.root = root
                $0.volumes = [
                    VolumeMount(source: .image(layers: [low, high]), containerPath: "data"),
                    VolumeMount(source: .host(low), containerPath: "host"),
                    VolumeMount(source: .image(layers: [low]), containerPath: "kept", isReadOnly: true),
                ]
            }
            #expect(output == "lowhighnew\nrefused\nlow", "\(output)")
            #expect(try SmallFile.read("\(low)/a") == "low")
            let status = try fixture.containerizer.status(of: ContainerID("one"))
            #expect(status.volumeLayers == [[low, high], [low]])
        }
    }

    @Test(arguments: [
        (VolumeMount(source: .image(layers: []), containerPath: "v"), "must have 1 to"),
        (VolumeMount(source: .image(layers: ["/no/such/layer"]), containerPath: "v"), "mount an overlay"),
        (VolumeMount(source: .host("/no/such"), containerPath: "v"), "open /no/such"),
        (VolumeMount(source: .host("/etc"), containerPath: "/no/such/place"), "open the place"),
        (VolumeMount(source: .host("/etc/hostname"), containerPath: "/etc"), "mount /etc/hostname"),
        (VolumeMount(source: .host("etc"), containerPath: "v"), "must be absolute"),
        (VolumeMount(source: .host("/etc/../root"), containerPath: "v"), "without \"..\""),
        (VolumeMount(source: .host("/etc"), containerPath: "../v"), "without \"..\""),
        (VolumeMount(source: .host("/etc"), containerPath: ""), "must be a path"),
        (VolumeMount(source: .host("/etc"), containerPath: "/"), "not the root"),
        (VolumeMount(source: .sandbox("/abs"), containerPath: "v"), "must be relative"),
        (VolumeMount(source: .parentSandbox("v"), containerPath: "v"), "needs a parent"),
    ])
    func aVolumeThatCannotBeIsRefusedAndNothingIsLeft(volume: VolumeMount, reason: String) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.volumes = [volume]
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error.map { "\($0)" }?.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
            #expect(access(spec.sandbox, F_OK) != 0)
            let left = try Folder.open("\(fixture.base)/run/containers").names()
            #expect(left.isEmpty)
        }
    }
}
