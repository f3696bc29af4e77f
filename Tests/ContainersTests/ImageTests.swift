import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct ImageTests {
    @Test func layersLieOnTopOfEachOtherAndWritesStayInTheContainer() async throws {
        try await ContainerFixture.run { fixture in
            let low = try ImageFixture.layer("\(fixture.base)/low", files: ["a": "low", "b": "low"])
            let high = try ImageFixture.files("\(fixture.base)/high", ["b": "high", "c": "high"])
            let line = "cat /a /b /c; echo mine > /a; cat /a; ls -A / | grep -c root; exit 0"
            let output = try await fixture.output(of: ContainerID("one"), line) { $0.root = .image(layers: [low, high]) }
            #expect(output == "lowhighhighmine\n0\n")
            #expect(try SmallFile.read("\(low)/a") == "low")
        }
    }

    @Test func theSandboxIsWhereMesosHasItAndTheCommandStartsThere() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("pwd; echo kept > file")
            #expect(output == "/mnt/mesos/sandbox\n")
            #expect(try fixture.written(by: ContainerID("image"), to: "file") == "kept\n")
        }
    }

    /// The places for what is mounted are not made for each container, and its end waits for no disk.
    @Test func aContainerThatWritesNothingLeavesNothingToBeRemoved() async throws {
        try await ContainerFixture.run { fixture in
            let line = "while read device place kind options rest; do [ $place = / ] && echo $options; done < /proc/mounts; true"
            let output = try await fixture.outputInImage(line)
            #expect(output.contains("volatile"), "\(output)")
            #expect(try Folder.open("\(fixture.base)/run/containers/image/upper").names().isEmpty)
        }
    }

    @Test func aMissingWorkingDirectoryIsMade() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("pwd") { $0.workingDirectory = "/not/there" }
            #expect(output == "/not/there\n")
        }
    }

    @Test func nothingOfTheHostIsMountedAndDevicesAreTheUsualOnes() async throws {
        try await ContainerFixture.run { fixture in
            let line = "cat /proc/mounts | while read a place rest; do echo $place; done; ls /dev; echo x > /dev/null"
            let output = try await fixture.outputInImage(line)
            let seen = Set(output.split(separator: "\n").map(String.init))
            let mounts = seen.filter { $0.hasPrefix("/") && !$0.hasPrefix("/proc/") && !$0.hasPrefix("/sys/") }
            // The files by which names are found are the host's, to be read only.
            let names: Set<String> = Set(
                ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"].filter { (path: String) in access(path, F_OK) == 0 }
            )
            #expect(
                mounts == names.union(["/", "/proc", "/sys", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/mnt/mesos/sandbox"])
            )
            let devices: Set = [
                "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero",
            ]
            #expect(seen.filter { !$0.hasPrefix("/") } == devices)
        }
    }

    @Test func aNestedContainerWithoutImageHasItsParentsRoot() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, "echo shared > /of-the-pod; echo up; exec sleep 1000")
            spec.root = .image(layers: [layer])
            #expect(try await fixture.containerizer.launch(spec).hasImageRoot)
            try await eventually("the parent runs") { try fixture.written(by: pod) == "up\n" }
            let line = "cat /of-the-pod; pwd; echo mine > file; echo $PPID; cat /proc/kcore | wc -c; grep CapBnd /proc/self/status"
            let output = try await fixture.output(of: pod.child("web"), line)
            #expect(output == "shared\n/mnt/mesos/sandbox\n1\n0\nCapBnd:\t00000000a00405fb\n")
            #expect(try fixture.written(by: pod.child("web"), to: "file") == "mine\n")
        }
    }

    @Test func aNestedContainerMayHaveAnotherImageThanItsParent() async throws {
        try await ContainerFixture.run { fixture in
            let parent = try ImageFixture.layer("\(fixture.base)/parent", files: ["name": "parent"])
            let child = try ImageFixture.layer("\(fixture.base)/child", files: ["name": "child"])
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.root = .image(layers: [parent])
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.output(of: pod.child("web"), "cat /name") { $0.root = .image(layers: [child]) } == "child")
        }
    }

    @Test(arguments: [
        ([], "must have 1 to"), (["relative"], "must be an absolute path"), (["/no/such/layer"], "mount an overlay"),
    ])
    func aBrokenImageIsRefusedAndNothingIsLeft(layers: [String], reason: String) async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            var spec = fixture.spec(id, "true")
            spec.root = .image(layers: layers)
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error.map { "\($0)" }?.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
            #expect(fixture.containerizer.containers().isEmpty)
            #expect(access(fixture.sandbox(of: id), F_OK) != 0)
            let left = try Folder.open("\(fixture.base)/run/containers").names()
            #expect(left.isEmpty)
        }
    }
}
