import Cluster
import Containers
import Foundation
import LinuxKernel
import Networks
import TestSupport
import Testing

/// Containers in networks of their own.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct NetworkTests {
    private static let addresses = "ip -4 -o addr | while read n i f address rest; do echo ${address%/*}; done"

    private func run(_ body: (ContainerFixture, TestNetworks) async throws -> Void) async throws {
        try await TestNetworks.run { networks in
            try await ContainerFixture.run { fixture in
                try await body(fixture, networks)
                let all = fixture.containerizer.containers().filter { $0.id.depth == 1 }
                for container in all { try? await fixture.containerizer.destroy(container.id) }
                #expect(try await networks.left() == [])
            } configure: { configuration in
                configuration.networks.configurationDirectory = networks.folder
                configuration.networks.pluginDirectories = networks.pluginFolders
                configuration.networks.pluginTimeLimit = .seconds(30)
            }
        }
    }

    private func joining(_ spec: ContainerSpec) -> ContainerSpec {
        var spec = spec
        spec.networks = [NetworkRequest(name: "bridged")]
        return spec
    }

    @Test func aContainerSeesItsOwnNetworkAndKnowsItself() async throws {
        try await run { fixture, networks in
            let line = "\(Self.addresses); hostname; grep $(hostname) /etc/hosts; cat /etc/hostname; echo $IP; ls /proc/sys/net/ipv4/conf"
            let output = try await fixture.output(of: ContainerID("web"), line) { spec in
                spec = joining(spec)
                spec.environment.append(("IP", "0.0.0.0"))
                spec.addressVariable = "IP"
            }
            let own = "\(networks.prefix).2"
            #expect(
                output == "127.0.0.1\n\(own)\nweb\n\(own) web\n\(networks.prefix6):2 web\nweb\n\(own)\nall\ndefault\neth0\nlo\n",
                "\(output)"
            )
            #expect(try SmallFile.read("/etc/hosts").contains(networks.prefix) == false)
            #expect(try await networks.left() == [])
        }
    }

    @Test func inAnImageNamesAreFoundByFilesOfItsOwn() async throws {
        try await run { fixture, networks in
            let line =
                "cat /etc/hosts /etc/hostname; wc -c < /etc/resolv.conf; echo 1.2.3.4 more >> /etc/hosts && cat /sys/class/net/eth0/address"
            let output = try await fixture.outputInImage(line, files: ["etc/hosts": "of the image\n"]) { spec in
                spec = joining(spec)
                spec.hostname = "name"
            }
            #expect(output.contains("\(networks.prefix).2 name\n") && output.contains("\nname\n"), "\(output)")
            #expect(!output.contains("of the image"))
        }
    }

    @Test func aContainerInTheHostsNetworkReadsTheHostsFiles() async throws {
        try await run { fixture, _ in
            let host = try SmallFile.read("/etc/resolv.conf")
            let output = try await fixture.outputInImage("cat /etc/resolv.conf; echo x >> /etc/resolv.conf || echo read-only")
            #expect(output == host + "read-only\n", "\(output)")
        }
    }

    @Test func aLinkToWhatAServiceWouldWriteGivesWayToTheHostsFile() async throws {
        try await run { fixture, _ in
            let host = try SmallFile.read("/etc/resolv.conf")
            let output = try await fixture.outputInImage(
                "cat /etc/resolv.conf",
                files: ["etc/passwd": ""],
                links: ["etc/resolv.conf": "../run/service/resolv.conf"]
            )
            #expect(output == host, "\(output)")
        }
    }

    @Test func thoseInsideShareItsNetworkOrHaveTheirOwn() async throws {
        try await run { fixture, networks in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(joining(fixture.spec(pod, nil)))
            let shared = try await fixture.output(of: pod.child("shared"), "\(Self.addresses); hostname; grep -c pod /etc/hosts")
            #expect(shared == "127.0.0.1\n\(networks.prefix).2\npod\n2\n", "\(shared)")
            let own = try await fixture.output(of: pod.child("own"), "\(Self.addresses); hostname; grep -c own /etc/hosts") {
                $0 = joining($0)
            }
            #expect(own == "127.0.0.1\n\(networks.prefix).3\nown\n2\n", "\(own)")
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            let image = try await fixture.output(of: pod.child("image"), "cat /etc/hosts") { spec in
                spec.root = .image(layers: [layer])
                spec.environment = [("PATH", "/bin")]
            }
            #expect(image.contains("\(networks.prefix).2 pod\n"), "\(image)")
            let child = try await fixture.containerizer.launch(fixture.spec(pod.child("waits"), "sleep 1000"))
            #expect(child.networks.first?.addresses.first == "\(networks.prefix).2")
            #expect(try fixture.containerizer.networkNamespace(of: child.id) != nil)
        }
    }

    @Test func whatGoesThroughItsInterfacesIsCounted() async throws {
        try await run { fixture, networks in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(joining(fixture.spec(pod, "sleep 1000")))
            #expect(try await fixture.end(of: pod.child("asks"), "curl -sS -m 5 http://\(networks.prefix).1:1/").waitStatus == 7 << 8)
            let counters = try #require(try fixture.containerizer.statistics(of: pod).network)
            #expect(counters.sent.packets >= 1 && counters.sent.bytes >= 54)
            #expect(counters.received.packets >= 1 && counters.received.bytes >= 54)
        }
    }

    @Test func aFailedLaunchLeavesNothing() async throws {
        try await run { fixture, networks in
            let id = ContainerID("web")
            var spec = joining(fixture.spec(id, "true"))
            spec.user = "nobody-of-that-name"
            let error = await failure { () throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .launchFailed(_, let failure) = error else { throw CancellationError() }
            #expect(failure.stage == .user)
            #expect(try await networks.left() == [])
            spec = joining(fixture.spec(id, "true"))
            spec.networks.append(NetworkRequest(name: "nowhere"))
            let unknown = await Self.words { () throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(unknown.contains("there is no network \"nowhere\" in \(networks.folder); there are: \"bridged\""), "\(unknown)")
            #expect(fixture.containerizer.containers().isEmpty)
        }
    }

    private static func words(_ call: () async throws(ContainerError) -> ContainerStatus) async -> String {
        await failure(call).map { "\($0)" } ?? "it was launched"
    }

    @Test func aLaunchWhosePluginHangsIsDestroyedAndKeepsNobodyWaiting() async throws {
        try await run { fixture, networks in
            try networks.add("hangs.conf", #"{"cniVersion":"1.0.0","name":"hangs","type":"hangs"}"#)
            try networks.addPlugin("hangs", "[ $CNI_COMMAND = DEL ] || { touch \(fixture.base)/hangs; sleep 1000; }")
            let id = ContainerID("stuck")
            var spec = fixture.spec(id, "true")
            spec.networks = [NetworkRequest(name: "bridged"), NetworkRequest(name: "hangs")]
            let stuck = spec
            async let launch = Self.words { () throws(ContainerError) in try await fixture.containerizer.launch(stuck) }
            try await eventually("the plugin hangs", within: .seconds(60)) { access("\(fixture.base)/hangs", F_OK) == 0 }
            #expect(try await fixture.output(of: ContainerID("other"), "echo here") == "here\n")
            try await fixture.containerizer.destroy(id)
            let words = await launch
            #expect(words.contains("was stopped, as its container is no longer wanted"), "\(words)")
        }
    }

    // MARK: Another process takes over

    @Test func aContainerIsFoundAgainWithItsNetworks() async throws {
        try await run { fixture, networks in
            let ids = [ContainerID("stays"), ContainerID("ends")]
            var pids: [Int32] = []
            for id in ids { pids.append(try await fixture.containerizer.launch(joining(fixture.spec(id, "sleep 1000"))).pid ?? 0) }
            let before = try fixture.containerizer.status(of: ids[0])
            fixture.containerizer.shutdown()
            let process = try Pidfd(opening: pids[1])
            try process.send(signal: SIGKILL)
            try await eventually("it has ended") { try SmallFile.read("/proc/\(process.pid)/stat").contains(") Z ") }
            let next = try Containerizer(configuration: fixture.configuration)
            let found = try await next.recover(known: nil)
            #expect(found.first { $0.id == ids[0] } == before)
            #expect(try await networks.left().filter { $0.hasPrefix("lease") }.count == 2)
            #expect(try next.statistics(of: ids[0]).network != nil)
            try await next.destroy(ids[0])
            #expect(try await networks.left() == [])
            next.shutdown()
        }
    }

    @Test func afterTheMachineRestartedNothingOfOldNetworksIsLeft() async throws {
        try await run { fixture, networks in
            let id = ContainerID("web")
            let pid = try #require(try await fixture.containerizer.launch(joining(fixture.spec(id, "sleep 1000"))).pid)
            fixture.containerizer.shutdown()
            // As it is then: no process, no namespace, another boot.
            let process = try Pidfd(opening: pid)
            process.killAndReap()
            let run = "\(fixture.base)/run"
            try NetworkNamespace.unpin("\(run)/namespaces/web")
            try NetworkNamespace.unpin("\(run)/namespaces")
            let record = "\(run)/containers/web/record"
            let text = try SmallFile.read(record).replacingOccurrences(of: try ProcessStart.boot(), with: "another")
            try Data(text.utf8).write(to: URL(filePath: record))
            #expect(try await networks.left().isEmpty == false)
            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            // The kernel removes interfaces a little after their namespace is gone.
            #expect(try await eventually { try await networks.left() == [] })
            next.shutdown()
        }
    }
}
