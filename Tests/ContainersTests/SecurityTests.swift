import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// What containers must not reach: a case for each way that launchers were broken before.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct SecurityTests {
    @Test(arguments: [true, false])
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

    @Test(arguments: ["dev", "proc", "sys"])
    func anImageCannotSendWhatShowsTheKernelElsewhere(name: String) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", files: ["elsewhere/x": ""], links: [name: "/elsewhere"])
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [layer])
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error.map { "\($0)" }?.contains("must not be a symbolic link") == true)
        }
    }

    @Test func aNullDeviceOfTheImageIsNotUsed() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage(
                "stat -c '%F %t:%T' /dev/null; cat /proc/kcore | wc -c",
                files: ["dev/null": "trap", "target": "x"],
                links: ["dev/console": "/target"]
            )
            #expect(output == "character special file 1:3\n0\n")
        }
    }

    @Test(arguments: ["/proc/self/fd/7", "/proc/self/cwd", "/proc/self/fd"])
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

    @Test(arguments: ["/proc", "/proc/sys", "/sys/kernel", "/through/self"])
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

    @Test func theFirstProcessIsASealedCopy() async throws {
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
