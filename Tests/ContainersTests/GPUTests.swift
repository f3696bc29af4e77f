import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// GPUs that belong to one container at a time. Here they are devices without a driver: who may open one is told that there
/// is no such device, all others that they must not.
// Namespaces, cgroups and devices need root.
@Suite(.enabled(if: geteuid() == 0))
struct GPUTests {
    private struct Fixture {
        let containers: ContainerFixture
        let gpus: [String]

        /// Says of each GPU whether it can be had.
        var look: String {
            gpus.map { "cat \($0) 2>&1 | grep -o -e 'Operation not permitted' -e 'No such.*'" }.joined(separator: "; ") + "; true"
        }

        func spec(_ id: ContainerID, _ line: String?, gpus: Int, hasImage: Bool = false) throws -> ContainerSpec {
            var spec = containers.spec(id, line)
            spec.gpus = gpus
            guard hasImage else { return spec }
            spec.root = .image(layers: [try ImageFixture.layer("\(containers.base)/layer")])
            spec.environment = [("PATH", "/bin")]
            return spec
        }

        func output(_ id: ContainerID, gpus: Int, hasImage: Bool = false) async throws -> [Substring] {
            _ = try await containers.containerizer.launch(try spec(id, look, gpus: gpus, hasImage: hasImage))
            _ = try await containers.containerizer.wait(id)
            return try containers.written(by: id).split(separator: "\n")
        }
    }

    private func run(_ count: Int, _ body: (Fixture) async throws -> Void) async throws {
        let first = UInt32.random(in: 1000..<100_000)
        let gpus = (0..<count).map { "/dev/agora-test-gpu-\(getpid())-\(first)-\($0)" }
        for (index, path) in gpus.enumerated() {
            // A major number for local use (devices.txt of the kernel); 20 bits of the minor's are split.
            let minor = first + UInt32(index)
            let device = dev_t(minor & 0xff) | 240 << 8 | dev_t(minor & ~0xff) << 12
            #expect(mknod(path, S_IFCHR | 0o666, device) == 0)
        }
        defer { for path in gpus { unlink(path) } }
        try await ContainerFixture.run { containers in
            try await body(Fixture(containers: containers, gpus: gpus))
        } configure: {
            $0.confinement.gpus = GPUDevices(gpus, companions: ["/dev/fuse"].filter { access($0, F_OK) == 0 })
        }
    }

    private let mayNot = "Operation not permitted" as Substring, may = "No such device or address" as Substring
    private let isNotThere = "No such file or directory" as Substring

    @Test func anImageSeesAsManyAsItHas() async throws {
        try await run(3) { fixture in
            let holder = ContainerID("holder")
            _ = try await fixture.containers.containerizer.launch(try fixture.spec(holder, nil, gpus: 1))
            let seen = try await fixture.output(ContainerID("one"), gpus: 1, hasImage: true)
            #expect(seen == [isNotThere, may, isNotThere])
            #expect(try await fixture.output(ContainerID("none"), gpus: 0, hasImage: true) == [isNotThere, isNotThere, isNotThere])
        }
    }

    @Test func withoutAnImageOthersCannotBeOpened() async throws {
        try await run(3) { fixture in
            let holder = ContainerID("holder")
            _ = try await fixture.containers.containerizer.launch(try fixture.spec(holder, nil, gpus: 1))
            #expect(try await fixture.output(ContainerID("two"), gpus: 2) == [mayNot, may, may])
            #expect(try await fixture.output(ContainerID("none"), gpus: 0) == [mayNot, mayNot, mayNot])
            // In a container that runs nothing itself there may be some with GPUs.
            #expect(try await fixture.output(holder.child("in"), gpus: 1) == [mayNot, may, mayNot])
        }
    }

    @Test func eachBelongsToOneAlsoAfterARestart() async throws {
        try await run(2) { fixture in
            let (one, two) = (ContainerID("one"), ContainerID("two"))
            for id in [one, two] {
                _ = try await fixture.containers.containerizer.launch(try fixture.spec(id, "sleep 1000", gpus: 1))
            }
            fixture.containers.containerizer.shutdown()
            let next = try Containerizer(configuration: fixture.containers.configuration)
            _ = try await next.recover(known: nil)
            let late = try fixture.spec(ContainerID("late"), fixture.look, gpus: 1)
            let error = await failure { () async throws(ContainerError) in try await next.launch(late) }
            #expect(error?.description.contains("asks for 1 GPUs; of the agent's 2, 0 are free") == true, "\(String(describing: error))")
            try await next.destroy(one)
            _ = try await next.launch(late)
            _ = try await next.wait(late.id)
            #expect(try fixture.containers.written(by: late.id).split(separator: "\n") == [may, mayNot])
            try await next.destroy(two)
            next.shutdown()
        }
    }

    @Test func whatCannotBeHadIsRefused() async throws {
        try await run(1) { fixture in
            let pod = ContainerID("pod")
            _ = try await fixture.containers.containerizer.launch(try fixture.spec(pod, "sleep 1000", gpus: 0))
            var shares = try fixture.spec(pod.child("shares"), "true", gpus: 1)
            shares.sharesCgroup = true
            let specs = [
                ("must not be negative", try fixture.spec(ContainerID("one"), "true", gpus: -1)), ("cgroup of its own", shares),
                ("may use only GPUs of its own", try fixture.spec(pod.child("in"), "true", gpus: 1)),
                ("1 are free", try fixture.spec(ContainerID("many"), "true", gpus: 2)),
            ]
            for (words, spec) in specs {
                let error = await failure { () async throws(ContainerError) in try await fixture.containers.containerizer.launch(spec) }
                #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
            }
        }
    }

    @Test func theyAreFoundByTheirDevices() throws {
        let base = "/tmp/agora-test-gpus-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let folder = try Folder.make("\(base)/dri")
        defer { try? Folder.open("/tmp").removeTree(String(base.dropFirst("/tmp/".count))) }
        #expect(GPUDevices.found(in: "\(base)/nowhere") == GPUDevices())
        for name in ["renderD129", "renderD128", "card0"] { _ = try folder.file(name, flags: O_CREAT | O_WRONLY, mode: 0o600) }
        #expect(GPUDevices.found(in: base) == GPUDevices(["\(base)/dri/renderD128", "\(base)/dri/renderD129"]))
        for name in ["nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm", "nvidia0x"] {
            _ = try Folder.open(base).file(name, flags: O_CREAT | O_WRONLY, mode: 0o600)
        }
        let found = GPUDevices.found(in: base)
        #expect(found == GPUDevices(["\(base)/nvidia2", "\(base)/nvidia10"], companions: ["\(base)/nvidiactl", "\(base)/nvidia-uvm"]))
    }
}
