import Cluster
import Containers
import Glibc
import LinuxKernel
import Networks
import Testing

/// Containers whose users are others on the machine.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct UserNamespaceTests {
    private static let first: UInt32 = 700_000

    private static func map(_ configuration: inout ContainerizerConfiguration) {
        configuration.confinement.userMapping = .always
        configuration.confinement.firstUserID = first
    }

    private static let showMap = "while read a b c; do echo $b; done < /proc/self/uid_map"

    /// Whether ``UserMapping/auto`` maps a container in a network of its own that is changed like this.
    @Test(arguments: [
        ("nothing", true), ("no network", false), ("capability", false), ("network capability", true), ("user", false),
        ("file system", false),
    ])
    func whatNothingKeepsFromItIsMappedByItself(change: String, isMapped: Bool) async throws {
        try await withNetwork { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            var spec = fixture.spec(ContainerID("one"), Self.showMap)
            spec.root = .image(layers: [layer])
            spec.environment = [("PATH", "/bin")]
            if change != "no network" { spec.networks = [NetworkRequest(name: "alone")] }
            switch change {
            case "capability": spec.confinement.boundingCapabilities = .ofImages.union(CapabilitySet([.sysTime]))
            case "network capability": spec.confinement.boundingCapabilities = .ofImages.union(CapabilitySet([.netAdmin]))
            case "user": spec.user = "70000"
            case "file system": spec.volumes = [VolumeMount(source: .host("/sys/kernel"), containerPath: "/kernel")]
            default: break
            }
            _ = try await fixture.containerizer.launch(spec)
            _ = try await fixture.containerizer.wait(spec.id)
            #expect(try fixture.written(by: spec.id) == (isMapped ? "\(Self.first)\n" : "0\n"))
        }
    }

    @Test func itsRootHasItsNetworkToItself() async throws {
        try await withNetwork { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let image: (inout ContainerSpec) -> Void = {
                $0.root = .image(layers: [layer])
                $0.environment = [("PATH", "/bin")]
            }
            let listen = "busybox nc -l -p 80 & until busybox nc 127.0.0.1 80 < /dev/null; do kill -0 $! || exit 9; done; \(Self.showMap)"
            var web = fixture.spec(ContainerID("web"), listen + "; exec sleep 1000")
            image(&web)
            web.networks = [NetworkRequest(name: "alone")]
            _ = try await fixture.containerizer.launch(web)
            try await eventually("it listens") { try fixture.written(by: web.id) == "\(Self.first)\n" }
            // Who lives in the network of a container around it, too.
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.networks = [NetworkRequest(name: "alone")]
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.output(of: pod.child("in"), Self.showMap, image) == "\(Self.first + 65_536)\n")
            #expect(try await fixture.output(of: pod.child("plain"), Self.showMap) == "0\n")
            // And who comes after a restart into the network of one that was there before.
            fixture.containerizer.shutdown()
            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            var late = fixture.spec(web.id.child("late"), listen)
            late.environment = [("PATH", "/bin")]
            _ = try await next.launch(late)
            #expect(try await next.wait(late.id).waitStatus == 0)
            #expect(try fixture.written(by: late.id) == "\(Self.first)\n")
            for id in [web.id, pod] { try await next.destroy(id) }
            next.shutdown()
        }
    }

    /// With ``UserMapping/auto`` and a network, `alone`, that needs no more than a loopback interface.
    private func withNetwork(_ body: (ContainerFixture) async throws -> Void) async throws {
        try await ContainerFixture.run(body) { configuration in
            let folder = configuration.runtimeDirectory.replacing("/run", with: "/net.d")
            _ = try ImageFixture.files(folder, ["alone.conf": #"{"cniVersion":"1.0.0","name":"alone","type":"loopback"}"#])
            configuration.networks.configurationDirectory = folder
            Self.map(&configuration)
            configuration.confinement.userMapping = .auto
        }
    }

    @Test func rootInsideIsNobodyOutsideAndFilesBelongToTheSameUsersInBoth() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", files: ["file": "of the image"])
            let volume = try ImageFixture.files("\(fixture.base)/volume", ["inside": "volume"])
            chown("\(fixture.base)/volume/inside", 5, 6)
            let line = """
                id -u; stat -c %u:%g /file /data/inside /image/own . /dev/shm stdout; echo x > /image/own
                touch mine /new /data/mine /dev/shm/mine && echo x >> /dev/stdout && chown 7:8 mine && chmod 600 /file && cat /file
                while read a b c; do echo $a $b $c; done < /proc/self/uid_map; echo ready; sleep 1000
                """
            var spec = fixture.spec(ContainerID("one"), line)
            spec.root = .image(layers: [layer])
            spec.environment = [("PATH", "/bin")]
            spec.volumes = [
                VolumeMount(source: .host(volume), containerPath: "/data"),
                VolumeMount(source: .image(layers: [try ImageFixture.files("\(fixture.base)/own", ["own": ""])]), containerPath: "/image"),
            ]
            let status = try await fixture.containerizer.launch(spec)
            try await eventually("it is ready") { try fixture.written(by: spec.id).hasSuffix("ready\n") }
            let output = try fixture.written(by: spec.id)
            #expect(output == "0\n0:0\n5:6\n0:0\n0:0\n0:0\n0:0\nx\nof the image0 \(Self.first) 65536\nready\n")
            #expect(try fixture.written(by: spec.id, to: "stderr").isEmpty)
            // On the disk they are whom the container sees.
            #expect(owner("\(spec.sandbox)/mine") == [7, 8] && owner("\(volume)/mine") == [0, 0])
            // Its programs are not.
            let children = try SmallFile.read("/proc/\(try #require(status.pid))/task/\(try #require(status.pid))/children")
            let command = try #require(children.split(separator: " ").first)
            #expect(try SmallFile.read("/proc/\(command)/status").contains("Uid:\t\(Self.first)\t\(Self.first)"))
        } configure: {
            Self.map(&$0)
        }
    }

    @Test(arguments: ["1000", "1000:50", "root"])
    func usersAndTheirSandboxesAreThere(user: String) async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("id -u; touch mine && stat -c %u . mine; grep CapEff /proc/self/status") {
                $0.user = user
            }
            let id = user == "root" ? "0" : "1000"
            let capabilities = user == "root" ? "00000000a00405fb" : "0000000000000000"
            #expect(output == "\(id)\n\(id)\n\(id)\nCapEff:\t\(capabilities)\n")
            #expect(owner("\(fixture.sandbox(of: ContainerID("image")))/mine").first == UInt32(id))
        } configure: {
            Self.map(&$0)
        }
    }

    @Test func aUserWithoutIDIsRefused() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            spec.user = "70000"
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error?.description.contains("has no id in a user namespace") == true, "\(String(describing: error))")
        } configure: {
            Self.map(&$0)
        }
    }

    @Test func whatIsInOneContainerSharesItsIDsAndOthersHaveTheirOwn() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let pod = ContainerID("pod"), line = "while read a b c; do echo $b; done < /proc/self/uid_map"
            let image: (inout ContainerSpec) -> Void = {
                $0.root = .image(layers: [layer])
                $0.environment = [("PATH", "/bin")]
            }
            var spec = fixture.spec(pod, "sleep 1000")
            image(&spec)
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.output(of: pod.child("image"), line, image) == "\(Self.first)\n")
            // In its parent's root, with a sandbox of its own, and its parent's processes to signal.
            let inside = try await fixture.output(of: pod.child("plain"), line + "; echo x > mine; kill -0 $PPID || kill -0 2") {
                $0.environment = [("PATH", "/bin")]
                $0.sharesPIDNamespace = true
            }
            #expect(inside == "\(Self.first)\n")
            #expect(try await fixture.output(of: ContainerID("other"), line, image) == "\(Self.first + 65_536)\n")
            #expect(try await fixture.output(of: ContainerID("host"), line) == "0\n")
        } configure: {
            Self.map(&$0)
        }
    }

    @Test func theIDsAreKnownAgainAfterARestart() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            var spec = fixture.spec(ContainerID("one"), "sleep 1000")
            spec.root = .image(layers: [layer])
            spec.environment = [("PATH", "/bin")]
            _ = try await fixture.containerizer.launch(spec)
            fixture.containerizer.shutdown()
            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            for (id, expected) in [(spec.id.child("in"), Self.first), (ContainerID("two"), Self.first + 65_536)] {
                var spec = fixture.spec(id, "while read a b c; do echo $b; done < /proc/self/uid_map")
                spec.environment = [("PATH", "/bin")]
                if id.depth == 1 { spec.root = .image(layers: [layer]) }
                _ = try await next.launch(spec)
                _ = try await next.wait(id)
                #expect(try fixture.written(by: id) == "\(expected)\n")
            }
            for id in [spec.id, ContainerID("two")] { try await next.destroy(id) }
            next.shutdown()
        } configure: {
            Self.map(&$0)
        }
    }

    private func owner(_ path: String) -> [UInt32] {
        var facts = stat()
        return lstat(path, &facts) == 0 ? [facts.st_uid, facts.st_gid] : []
    }
}
