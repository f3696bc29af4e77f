import Cluster
import Containers
import Glibc
import LinuxKernel
import Seccomp
import Testing

/// Capabilities, system calls, limits of processes, devices and memory that programs share.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct ConfinementTests {
    // MARK: System calls

    @Test(arguments: [true, false])
    func onlyContainersWithAnImageAreFilteredUnlessAProfileIsChosen(withImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let output = try await fixture.output(of: ContainerID("one"), "grep Seccomp: /proc/self/status") {
                if withImage { $0.root = .image(layers: [layer]) }
            }
            #expect(output == "Seccomp:\t\(withImage ? 2 : 0)\n")
        }
    }

    @Test(arguments: [SeccompChoice.unconfined, .standard])
    func whoAsksForNoFilterHasNone(choice: SeccompChoice) async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("grep -c 'Seccomp:.2' /proc/self/status || true") {
                $0.confinement.seccomp = choice
            }
            #expect(output == (choice == .standard ? "1\n" : "0\n"))
        }
    }

    @Test(arguments: [true, false])
    func aProfileOfTheOperatorsDecides(withImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            try fixture.profile(
                "no-folders",
                #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}"#
            )
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            var spec = fixture.spec(ContainerID("one"), "mkdir x")
            if withImage { spec.root = .image(layers: [layer]) }
            spec.confinement.seccomp = .named("no-folders")
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.containerizer.wait(spec.id).waitStatus != 0)
            #expect(try fixture.written(by: spec.id, to: "stderr").contains("ermission denied"))
        } configure: {
            $0.confinement.seccomp = try SeccompProfiles(folder: "\($0.runtimeDirectory)/..", defaultName: nil)
        }
    }

    @Test(arguments: [("missing", "cannot look at"), ("../x", "must be that of a file")])
    func aProfileThatCannotBeHadFailsTheLaunchAndLeavesNothing(name: String, expected: String) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.confinement.seccomp = .named(name)
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
            #expect(access(spec.sandbox, F_OK) != 0)
        } configure: {
            $0.confinement.seccomp = try SeccompProfiles(folder: "\($0.runtimeDirectory)/..", defaultName: nil)
        }
    }

    // MARK: Capabilities

    @Test(
        arguments: [
            // user, effective, bounding, what the command then has: bounding, effective, ambient
            ("root", nil, [Capability.chown], "0000000000000001 0000000000000001 0000000000000000"),
            ("root", [.chown], nil, "0000000000000001 0000000000000001 0000000000000001"),
            ("root", [.chown], [.chown, .kill], "0000000000000021 0000000000000001 0000000000000001"),
            ("root", [], nil, "0000000000000000 0000000000000000 0000000000000000"),
            ("1234", [.netBindService], nil, "0000000000000400 0000000000000400 0000000000000400"),
            ("1234", nil, [.netBindService], "0000000000000400 0000000000000000 0000000000000000"),
            ("root", [.sysAdmin], nil, "0000000000200000 0000000000200000 0000000000200000"),
        ] as [(String, [Capability]?, [Capability]?, String)]
    )
    func capabilitiesAreThoseAskedFor(user: String, effective: [Capability]?, bounding: [Capability]?, expected: String) async throws {
        try await ContainerFixture.run { fixture in
            let line =
                "for set in CapBnd CapEff CapAmb; do while read n v; do [ $n = $set: ] && echo $v; done < /proc/self/status; done; true"
            let output = try await fixture.outputInImage(line) {
                $0.user = user
                $0.confinement.effectiveCapabilities = effective.map { CapabilitySet($0) }
                $0.confinement.boundingCapabilities = bounding.map { CapabilitySet($0) }
            }
            #expect(output.split(separator: "\n").joined(separator: " ") == expected)
        }
    }

    @Test func theAgentsBoundHoldsForAllAndMoreIsRefused() async throws {
        try await ContainerFixture.run { fixture in
            _ = try await fixture.containerizer.launch(fixture.spec(ContainerID("one"), "grep CapBnd /proc/self/status"))
            _ = try await fixture.containerizer.wait(ContainerID("one"))
            #expect(try fixture.written(by: ContainerID("one")) == "CapBnd:\t0000000000000021\n")
            var spec = fixture.spec(ContainerID("two"), "true")
            spec.confinement.boundingCapabilities = CapabilitySet([.sysAdmin])
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error?.description.contains("SYS_ADMIN") == true)
        } configure: {
            $0.confinement.boundingCapabilities = CapabilitySet([.chown, .kill])
        }
    }

    // MARK: Limits of processes

    @Test func limitsOfProcessesHoldAndCanOnlyBeLowered() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.output(of: ContainerID("one"), "ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc") {
                $0.confinement.processLimits = [
                    ProcessLimit(.openFiles, soft: 50, hard: 60), ProcessLimit(.core, soft: 0, hard: nil),
                ]
            }
            #expect(output == "50\n60\n0\nunlimited\n")
        }
    }

    // MARK: /dev, /dev/shm, the root

    @Test func aRootForReadingOnlyLeavesSandboxAndVolumes() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage(
                "touch /x 2>&1 | grep -c Read-only; touch /bin/x 2>/dev/null || echo refused; touch here /data/there /dev/shm/x && echo written"
            ) {
                $0.confinement.hasReadOnlyRoot = true
                $0.volumes = [VolumeMount(source: .sandbox("data"), containerPath: "/data")]
            }
            #expect(output == "1\nrefused\nwritten\n")
        }
    }

    @Test(arguments: [true, false])
    func sharedMemoryHasTheSizeAskedFor(withImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let line = "grep -o ' /dev/shm .*size=[0-9]*k' /proc/self/mounts"
            let output = try await fixture.output(of: ContainerID("one"), line) {
                if withImage { $0.root = .image(layers: [layer]) }
                $0.confinement.sharedMemoryBytes = 3 << 20
            }
            #expect(output.hasSuffix("size=3072k\n"))
        }
    }

    @Test(arguments: [true, false])
    func aNestedContainerCanHaveAnIPCNamespaceOfItsOwn(isPrivate: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            let status = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            let outer = target(ofLink: "/proc/\(try #require(status.pid))/ns/ipc")
            let inner = try await fixture.output(of: pod.child("web"), "readlink /proc/self/ns/ipc") {
                $0.confinement.hasPrivateIPC = isPrivate
            }
            #expect((inner != "\(outer)\n") == isPrivate)
        }
    }

    @Test func devicesAreThereOnRequest() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage(
                "stat -c '%F %t:%T %a' /dev/net/here; ls /dev/loop-control 2>/dev/null || echo none"
            ) {
                $0.confinement.devices = [DeviceRequest("/dev/zero", at: "/dev/net/here")]
            }
            #expect(output == "character special file 1:5 666\nnone\n")
        } configure: {
            $0.confinement.requestableDevices = ["/dev/zer*", "/dev/nothing"]
        }
    }

    @Test func aDeviceThatIsThereAnywayMayBeRequested() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("stat -c '%F %t:%T %a' /dev/random") {
                $0.confinement.devices = [DeviceRequest("/dev/random")]
            }
            #expect(output == "character special file 1:8 666\n")
        } configure: {
            $0.confinement.requestableDevices = ["/dev/random"]
        }
    }

    @Test func whoMayMakeDevicesMayUseTheUsualOnesOnly() async throws {
        try await ContainerFixture.run { fixture in
            // /dev is where devices work; memory of the machine is 1:1, the first disk 254:0.
            let line = """
                mknod /dev/memory c 1 1 && mknod /dev/disk b 254 0 && mknod /dev/nothing c 1 3 && echo made
                cat /dev/memory >/dev/null 2>&1 || echo refused; cat /dev/disk 2>/dev/null | dd count=1 2>/dev/null | wc -c; cat /dev/nothing
                """
            let output = try await fixture.outputInImage(line) {
                $0.confinement.boundingCapabilities = CapabilitySet.ofImages.union(CapabilitySet([.mknod, .sysRawio]))
            }
            #expect(output == "made\nrefused\n0\n")
        }
    }

    @Test func aProfileWithoutEvenTheCallsOfAStartEndsTheContainer() async throws {
        try await ContainerFixture.run { fixture in
            try fixture.profile("nothing", #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}"#)
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            spec.confinement.seccomp = .named("nothing")
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error != nil)
            #expect(fixture.containerizer.containers().isEmpty)
        } configure: {
            $0.confinement.seccomp = try SeccompProfiles(folder: "\($0.runtimeDirectory)/..", defaultName: nil)
        }
    }

    // MARK: What is refused

    private typealias Change = @Sendable (inout Confinement) -> Void

    private static let impossible: [(String, Change)] = [
        (
            "effective",
            {
                $0.effectiveCapabilities = .all
                $0.boundingCapabilities = []
            }
        ),
        ("soft limit", { $0.processLimits = [ProcessLimit(.stack, soft: 2, hard: 1)] }),
        ("soft limit", { $0.processLimits = [ProcessLimit(.stack, soft: nil, hard: 1)] }),
        ("twice", { $0.processLimits = [ProcessLimit(.stack, soft: 1, hard: 1), ProcessLimit(.stack, soft: 1, hard: 1)] }),
        ("image of its own", { $0.hasReadOnlyRoot = true }), ("image of its own", { $0.devices = [DeviceRequest("/dev/null")] }),
        ("above 0", { $0.sharedMemoryBytes = 0 }), ("above 0", { $0.sharedMemoryBytes = .min }),
    ]

    @Test(arguments: impossible)
    private func whatCannotBeIsRefused(expected: String, change: Change) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            change(&spec.confinement)
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .invalid(_, let reason) = error else {
                Issue.record("not refused, or \(String(describing: error))")
                return
            }
            #expect(reason.contains(expected))
        }
    }

    @Test(arguments: ["/etc/passwd", "/dev/../etc/passwd", "/dev/nothing", "/dev/", "dev/null", "/dev/shm", "/dev/null"])
    func onlyDevicesThatAreOfferedAreDevices(path: String) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            spec.confinement.devices = [DeviceRequest(path)]
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error != nil)
            #expect(access(spec.sandbox, F_OK) != 0)
        } configure: {
            $0.confinement.requestableDevices = ["/dev/zer*", "/dev/nothing"]
        }
    }
}

extension ContainerFixture {
    /// A file with a profile of system calls, in the fixture's folder.
    func profile(_ name: String, _ text: String) throws {
        let file = try Folder.open(base).file(name, flags: O_WRONLY | O_CREAT, mode: 0o644)
        try file.write(Array(text.utf8), describedAs: name)
    }
}
