import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// Volumes that are no folders of the disk, and whether later mounts are seen through volumes.
@Suite(.enabled(if: geteuid() == 0))
struct MemoryVolumeTests {
    private let id = ContainerID("one")

    private func root(_ hasImage: Bool, _ fixture: ContainerFixture) throws -> RootFilesystem {
        hasImage ? .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")]) : .parent
    }

    // MARK: Secrets

    @Test(arguments: [false, true], [nil, "65534:65534"] as [String?])
    func aSecretIsAFileForItsUserAlone(hasImage: Bool, user: String?) async throws {
        try await ContainerFixture.run { fixture in
            let root = try root(hasImage, fixture)
            let line = "cat s/key; echo; stat -c '%a %u:%g' s/key; stat -f -c %T s/key; ls s"
            let output = try await fixture.output(of: id, line) {
                $0.root = root
                $0.user = user
                $0.volumes = [VolumeMount(source: .secret(Array("hush hush".utf8)), containerPath: "s/key")]
            }
            #expect(output == "hush hush\n400 \(user ?? "0:0")\ntmpfs\nkey\n")
            // In the sandbox there is only the place for it.
            #expect(try SmallFile.read("\(fixture.sandbox(of: id))/s/key").isEmpty)
        }
    }

    @Test func secretsAreWrittenNowhere() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(id, "echo ${#TOKEN}; sleep 1000")
            spec.environment.append(("TOKEN", "hush-variable"))
            spec.secretVariables = ["TOKEN"]
            spec.volumes = [VolumeMount(source: .secret(Array("hush-file".utf8)), containerPath: "key")]
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it has it") { try fixture.written(by: id) == "13\n" }
            #expect(system("grep -rq sandbox \(fixture.base)/run") == 0)
            #expect(system("grep -rq hush \(fixture.base)") != 0)
            #expect(try await fixture.containerizer.setting(of: id)?.environment.contains { $0.hasPrefix("TOKEN") } == false)
        }
    }

    @Test func anEmptyOneIsAFileAndALargeOneIsWhole() async throws {
        try await ContainerFixture.run { fixture in
            let large = [UInt8](repeating: 0, count: 1 << 20)
            let output = try await fixture.output(of: id, "stat -c %s a b") {
                $0.volumes = [
                    VolumeMount(source: .secret([]), containerPath: "a"), VolumeMount(source: .secret(large), containerPath: "b"),
                ]
            }
            #expect(output == "0\n1048576\n")
            var spec = fixture.spec(ContainerID("two"), "true")
            spec.volumes = [VolumeMount(source: .secret(large + [0]), containerPath: "a")]
            let error = await failure { () throws(ContainerError) in _ = try await fixture.containerizer.launch(spec) }
            #expect("\(error, default: "none")".contains("1048576"))
        }
    }

    // MARK: Memory

    @Test(arguments: [false, true]) func aFileSystemInMemoryHasItsSize(hasImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let root = try root(hasImage, fixture)
            let line = "stat -f -c '%T' m; head -c 2000000 /dev/zero > m/f 2>/dev/null || echo full; stat -c %s m/f"
            let output = try await fixture.output(of: id, line) {
                $0.root = root
                $0.user = "65534:65534"
                $0.volumes = [VolumeMount(source: .memory(bytes: 1 << 20), containerPath: "m")]
            }
            #expect(output == "tmpfs\nfull\n1048576\n")
        }
    }

    @Test(arguments: [false, true]) func containersOfAPodShareOneInMemory(hasImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.volumes = [VolumeMount(source: .memory(bytes: 1 << 20), containerPath: "volumes/m")]
            _ = try await fixture.containerizer.launch(spec)
            // Known again after a restart.
            fixture.containerizer.shutdown()
            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            let root = try root(hasImage, fixture)
            for (name, user, line) in [("writer", "65534", "echo shared > v/file"), ("reader", "1", "cat v/file; rm v/file; ls v")] {
                var spec = fixture.spec(pod.child(name), line)
                spec.root = root
                spec.user = user
                spec.volumes = [VolumeMount(source: .parentSandbox("volumes/m"), containerPath: "v")]
                _ = try await next.launch(spec)
                #expect(try await next.wait(spec.id).waitStatus == 0)
                #expect(try fixture.written(by: spec.id) == (name == "reader" ? "shared\n" : ""))
            }
            #expect(try Folder.open("\(fixture.sandbox(of: pod))/volumes/m").names().isEmpty)
            try await next.destroy(pod)
            next.shutdown()
        }
    }

    // MARK: Folders for all

    @Test func severalUsersWriteIntoASharedFolder() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.sharedFolders = [SharedFolder(path: "volumes/data")]
            _ = try await fixture.containerizer.launch(spec)
            for user in ["0", "1", "65534"] {
                let output = try await fixture.output(of: pod.child("u\(user)"), "echo $(id -u) > v/$(id -u); ls v | tail -1") {
                    $0.user = user
                    $0.volumes = [VolumeMount(source: .parentSandbox("volumes/data"), containerPath: "v")]
                }
                #expect(output == "\(user)\n")
            }
            var facts = stat()
            #expect(stat("\(fixture.sandbox(of: pod))/volumes/data/65534", &facts) == 0 && facts.st_uid == 65534)
        }
    }

    @Test func aFolderThatIsTooFullEndsItsContainer() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.sharedFolders = [SharedFolder(path: "volumes/small", limitBytes: 1 << 20), SharedFolder(path: "volumes/large")]
            _ = try await fixture.containerizer.launch(spec)
            var inner = fixture.spec(
                pod.child("in"),
                "head -c 5000000 /dev/zero > l/f; touch ready; while [ ! -e go ]; do sleep 0.01; done; cp l/f s/f; sleep 1000"
            )
            inner.volumes = [
                VolumeMount(source: .parentSandbox("volumes/small"), containerPath: "s"),
                VolumeMount(source: .parentSandbox("volumes/large"), containerPath: "l"),
            ]
            _ = try await fixture.containerizer.launch(inner)
            _ = try Folder.open(fixture.sandbox(of: inner.id)).file("go", flags: O_CREAT | O_WRONLY, mode: 0o644)
            let end = try await fixture.containerizer.wait(pod)
            guard case .disk(let limit, let used) = end.limitation else {
                Issue.record("it ended otherwise: \(end)")
                return
            }
            #expect(limit == 1 << 20 && used > limit)
            #expect(end.message?.contains("volumes/small") == true, "\(end.message ?? "")")
        } configure: {
            $0.diskWatchInterval = .milliseconds(50)
        }
    }

    // MARK: Propagation

    /// A folder in a mount of its own whose mounts are passed on.
    private func withSharedMount(_ base: String, _ body: (String) async throws -> Void) async throws {
        let folder = "\(base)/shared"
        _ = try Folder.make(folder)
        try #require(mount(folder, folder, nil, UInt(MS_BIND), nil) == 0)
        try #require(mount(nil, folder, nil, UInt(MS_SHARED), nil) == 0)
        do {
            try await body(folder)
        } catch {
            umount2(folder, Int32(MNT_DETACH))
            throw error
        }
        #expect(umount2(folder, Int32(MNT_DETACH)) == 0)
    }

    @Test(arguments: [VolumeMount.Propagation.usual, .hostToContainer, .bidirectional])
    func laterMountsAreSeenAsIsWanted(propagation: VolumeMount.Propagation) async throws {
        try await ContainerFixture.run { fixture in
            try await withSharedMount(fixture.base) { folder in
                for name in ["host", "container"] { _ = try Folder.make("\(folder)/\(name)") }
                var spec = fixture.spec(
                    id,
                    "while [ ! -e go ]; do sleep 0.01; done; mount -t tmpfs x v/container; touch v/container/mark done; sleep 1000"
                )
                var volume = VolumeMount(source: .host(folder), containerPath: "v")
                volume.propagation = propagation
                spec.volumes = [volume]
                let pid = try #require(try await fixture.containerizer.launch(spec).pid)
                let inside = "/proc/\(pid)/root\(fixture.sandbox(of: id))/v"
                #expect(mount("x", "\(folder)/host", "tmpfs", 0, nil) == 0)
                _ = try Folder.open("\(folder)/host").file("mark", flags: O_CREAT | O_WRONLY, mode: 0o644)
                #expect(access("\(inside)/host/mark", F_OK) == 0)
                _ = try Folder.open(fixture.sandbox(of: id)).file("go", flags: O_CREAT | O_WRONLY, mode: 0o644)
                try await eventually("it has mounted") { access("\(fixture.sandbox(of: id))/done", F_OK) == 0 }
                #expect((access("\(folder)/container/mark", F_OK) == 0) == (propagation == .bidirectional))
                try await fixture.containerizer.destroy(id)
                if propagation == .bidirectional { #expect(umount2("\(folder)/container", 0) == 0) }
                #expect(umount2("\(folder)/host", 0) == 0)
            }
        }
    }

    @Test func propagationNeedsASharedMount() async throws {
        try await ContainerFixture.run { fixture in
            let source = "\(fixture.base)/private"
            _ = try Folder.make(source)
            try #require(mount(source, source, nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(source, Int32(MNT_DETACH)) }
            try #require(mount(nil, source, nil, UInt(MS_PRIVATE), nil) == 0)
            var spec = fixture.spec(id, "true")
            var volume = VolumeMount(source: .host(source), containerPath: "v")
            volume.propagation = .bidirectional
            spec.volumes = [volume]
            let error = await failure { () throws(ContainerError) in _ = try await fixture.containerizer.launch(spec) }
            #expect("\(error, default: "none")".contains("not in a shared mount"))
        }
    }
}
