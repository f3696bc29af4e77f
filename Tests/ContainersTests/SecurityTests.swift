import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// What containers must not reach: a case for each way that launchers were broken before.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct SecurityTests {
    @Test("CVE-2024-21626, leaked descriptors", arguments: [true, false])
    func noDescriptorOfOursIsOpenInAContainer(withImage: Bool) async throws {
        try await ContainerFixture.run { fixture in
            // One without the mark that closes it on exec, as some libraries leave them.
            let open = Glibc.open("/etc/hostname", O_RDONLY)
            defer { close(open) }
            let line = "for f in /proc/self/fd/*; do echo ${f##*/}; done"
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let output = try await fixture.output(of: ContainerID("one"), line) {
                if withImage { $0.root = .image(layers: [layer]) }
            }
            // The shell's own fourth is the folder it lists.
            #expect(Set(output.split(separator: "\n")).subtracting(["3"]) == ["0", "1", "2"])
        }
    }

    @Test(arguments: [
        "cat /proc/kcore | wc -c", "cat /proc/keys | wc -c", "cat /proc/timer_list | wc -c", "ls /sys/firmware | wc -l",
        "ls /proc/acpi 2>/dev/null | wc -l", "ls /proc/scsi 2>/dev/null | wc -l",
    ])
    func whatSpeaksOfTheMachineIsHidden(line: String) async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage(line)
            #expect(output == "0\n")
        }
    }

    @Test(arguments: [
        "echo x > /proc/sysrq-trigger", "echo x > /proc/sys/kernel/core_pattern", "echo x > /proc/kcore",
        "echo 1 > /proc/irq/default_smp_affinity",
        "mkdir /sys/fs/cgroup/x", "mknod /dev/disk b 254 0", "mknod /disk b 254 0", "mount -t tmpfs none /mnt",
        "cat /proc/1/environ", "readlink /proc/1/fd/5", "echo x > /proc/1/mem", "cat /proc/1/exe",
    ])
    func rootInAnImageIsRefused(line: String) async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("(\(line)) >/dev/null 2>&1 || echo refused")
            #expect(output == "refused\n")
        }
    }

    @Test func capabilitiesAreBoundedAndNoNewOnesCanBeHad() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("grep -E '^(Cap(Inh|Bnd|Amb)|NoNewPrivs)' /proc/self/status")
            #expect(
                output == """
                    CapInh:\t0000000000000000
                    CapBnd:\t00000000a00405fb
                    CapAmb:\t0000000000000000
                    NoNewPrivs:\t1

                    """
            )
        }
    }

    @Test("CVE-2025-52881, CVE-2026-88264: links of an image in place of /dev, /proc and /sys", arguments: ["dev", "proc", "sys"])
    func anImageCannotSendWhatShowsTheKernelElsewhere(name: String) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", files: ["elsewhere/x": ""], links: [name: "/elsewhere"])
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [layer])
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error.map { "\($0)" }?.contains("must not be a symbolic link") == true)
        }
    }

    @Test("CVE-2025-31133, CVE-2026-88265: a null device that is none") func aNullDeviceOfTheImageIsNotUsed() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage(
                "stat -c '%F %t:%T' /dev/null; cat /proc/kcore | wc -c",
                files: ["dev/null": "trap", "target": "x"],
                links: ["dev/console": "/target"]
            )
            #expect(output == "character special file 1:3\n0\n")
        }
    }

    @Test("CVE-2024-21626, a working directory outside", arguments: ["/proc/self/fd/7", "/proc/self/cwd", "/proc/self/fd"])
    func aWorkingDirectoryThroughALinkOfProcDoesNotLeadOut(path: String) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", links: ["here": path])
            for folder in [path, "/here"] {
                var spec = fixture.spec(ContainerID("one"), "pwd; ls ../../../../etc/passwd")
                spec.root = .image(layers: [layer])
                spec.workingDirectory = folder
                let error = await failure { () async throws(ContainerError) in
                    _ = try await fixture.containerizer.launch(spec)
                    let end = try await fixture.containerizer.wait(spec.id)
                    try await fixture.containerizer.forget(spec.id)
                    if end.waitStatus == 0 { throw .unknown(spec.id) }
                }
                #expect(error != .unknown(spec.id), "the container saw the host's /etc by \(folder)")
            }
        }
    }

    @Test func aVolumeBelowALinkOfTheImageStaysInTheContainer() async throws {
        try await ContainerFixture.run { fixture in
            let secret = "\(fixture.base)/secret"
            _ = try ImageFixture.files(secret, ["kept": "host"])
            let volume = try ImageFixture.files("\(fixture.base)/volume", ["inside": "volume"])
            let output = try await fixture.outputInImage("cat /data/x/inside", files: ["\(secret)/other": ""], links: ["data": secret]) {
                $0.volumes = [VolumeMount(source: .host(volume), containerPath: "/data/x")]
            }
            #expect(output == "volume")
            #expect(try Folder.open(secret).names() == ["kept"])
        }
    }

    @Test("CVE-2025-52881, a volume over /proc", arguments: ["/proc", "/proc/sys", "/sys/kernel", "/through/self"])
    func aVolumeOverWhatShowsTheKernelIsRefused(place: String) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", links: ["through": "/proc"])
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [layer])
            spec.volumes = [VolumeMount(source: .host("/tmp"), containerPath: place)]
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .launchFailed(_, let reason) = error else {
                Issue.record("launched, or \(error.map { "\($0)" } ?? "")")
                return
            }
            #expect(reason.stage == .volume)
        }
    }

    @Test func aLinkInASandboxDoesNotLeadAVolumeOut() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            symlink("/etc", "\(fixture.sandbox(of: pod))/way")
            for source in ["way", "way/new"] {
                var spec = fixture.spec(pod.child("web"), "ls volume")
                spec.volumes = [VolumeMount(source: .parentSandbox(source), containerPath: "volume")]
                let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
                #expect(error.map { "\($0)" }?.contains("parent's sandbox") == true)
            }
            #expect(access("/etc/new", F_OK) != 0)
        }
    }

    @Test func aLinkInASandboxDoesNotLeadAChildsSandboxOrOutputOut() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), sandbox = fixture.sandbox(of: pod)
            let outside = try Folder.make("\(fixture.base)/outside").path
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            symlink(outside, "\(sandbox)/containers")
            let error = await failure { () async throws(ContainerError) in
                try await fixture.containerizer.launch(fixture.spec(pod.child("web"), "true"))
            }
            #expect(error.map { "\($0)" }?.contains("sandbox") == true)
            #expect(try Folder.open(outside).names().isEmpty)

            unlink("\(sandbox)/containers")
            _ = try Folder.make("\(sandbox)/containers/web")
            symlink("\(outside)/file", "\(sandbox)/containers/web/stdout")
            #expect(
                await failure { () async throws(ContainerError) in
                    try await fixture.containerizer.launch(fixture.spec(pod.child("web"), "true"))
                } != nil
            )
            #expect(try Folder.open(outside).names().isEmpty)
        }
    }

    @Test("CVE-2019-5736, tried inside", arguments: ["/proc/self/exe", "/proc/1/exe"])
    func theFirstProcessCannotBeReplacedFromInside(path: String) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            let holder = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            let before = target(ofLink: "/proc/\(try #require(holder.pid))/exe")
            // In its parent's processes it sees the first process of another container of the same user.
            var spec = fixture.spec(pod.child("attack"), "(echo x > \(path)) 2>/dev/null && echo written || echo refused")
            spec.sharesPIDNamespace = true
            spec.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            spec.environment = [("PATH", "/bin")]
            _ = try await fixture.containerizer.launch(spec)
            _ = try await fixture.containerizer.wait(spec.id)
            #expect(try fixture.written(by: spec.id) == "refused\n")
            #expect(target(ofLink: "/proc/\(try #require(holder.pid))/exe") == before)
        }
    }

    @Test("CVE-2021-30465, a place for a volume that is exchanged for a link meanwhile")
    func aPlaceThatBecomesALinkDoesNotLeadAVolumeOut() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), outside = try Folder.make("\(fixture.base)/outside").path
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let volume = try ImageFixture.files("\(fixture.base)/volume", ["inside": "volume"])
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            let line = "cd shared; while true; do mkdir -p x; rm -rf x; ln -s \(outside) x; rm -f x; done"
            var attacker = fixture.spec(pod.child("attacker"), line)
            attacker.volumes = [VolumeMount(source: .parentSandbox("shared"), containerPath: "shared")]
            _ = try await fixture.containerizer.launch(attacker)
            for number in 0..<30 {
                var victim = fixture.spec(pod.child("victim-\(number)"), "true")
                victim.root = .image(layers: [layer])
                victim.volumes = [
                    VolumeMount(source: .parentSandbox("shared"), containerPath: "/data"),
                    VolumeMount(source: .host(volume), containerPath: "/data/x/place"),
                ]
                // Whether the race fails a launch does not matter; where things end up does.
                _ = try? await fixture.containerizer.launch(victim)
            }
            #expect(try Folder.open(outside).names().isEmpty)
        }
    }

    @Test("CVE-2025-52565: a console that is a link", arguments: ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"])
    func aConsoleOfTheImageIsNotUsed(target: String) async throws {
        try await ContainerFixture.run { fixture in
            let line = "ls /dev/console 2>/dev/null || echo none; (echo x > \(target)) 2>/dev/null || echo refused"
            let output = try await fixture.outputInImage(line, files: ["dev/pts/0": ""], links: ["dev/console": target])
            #expect(output == "none\nrefused\n")
        }
    }

    @Test(
        "CVE-2022-0492, CVE-2022-0185 and the like: namespaces in which everything is allowed",
        arguments: ["unshare -U true", "unshare -m true", "unshare -n true", "nsenter -t 1 -m true", "mount -t cgroup none /mnt"]
    )
    func noNamespacesCanBeMade(line: String) async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("(\(line)) >/dev/null 2>&1 || echo refused") {
                // Whoever the user is, and whatever it may do beside administering the system.
                $0.confinement.boundingCapabilities = CapabilitySet.all.subtracting(CapabilitySet([.sysAdmin]))
            }
            #expect(output == "refused\n")
        }
    }

    @Test("CVE-2016-9962: the first process of a container that enters another cannot be traced")
    func theFirstProcessIsHiddenFromThoseThatShareItsProcesses() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            // The numbers can be seen, what they stand for cannot.
            let line =
                "for p in 1 $PPID; do r=refused; for f in /proc/$p/fd/* /proc/$p/exe /proc/$p/root; do readlink $f && r=read; done; echo $r; done"
            var spec = fixture.spec(pod.child("spy"), line)
            spec.sharesPIDNamespace = true
            spec.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            spec.environment = [("PATH", "/bin")]
            _ = try await fixture.containerizer.launch(spec)
            _ = try await fixture.containerizer.wait(spec.id)
            #expect(try fixture.written(by: spec.id) == "refused\nrefused\n")
        }
    }

    @Test("CVE-2019-5736, seen from the host") func theFirstProcessIsASealedCopy() async throws {
        try await ContainerFixture.run { fixture in
            let status = try await fixture.containerizer.launch(fixture.spec(ContainerID("one"), nil))
            let pid = try #require(status.pid)
            #expect(target(ofLink: "/proc/\(pid)/exe").hasPrefix("/memfd:agora-init"))
            let file = open("/proc/\(pid)/exe", O_RDWR)
            if file >= 0 {
                #expect(write(file, "x", 1) < 0)
                close(file)
            }
        }
    }
}
