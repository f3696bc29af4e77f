import Foundation
import LinuxKernel
import Networks
import TestSupport
import Testing

/// The real plugins of this machine.
@Suite(.enabled(if: geteuid() == 0))
struct JoiningTests {
    @Test func aContainerGetsAddressesOfBothFamiliesAndGivesThemBack() async throws {
        try await NetworksFixture.run { fixture in
            let network = try fixture.join("web", [NetworkRequest(name: "bridged")])
            let joined = try #require(network.networks.first)
            #expect(joined.interface == "eth0")
            #expect(joined.addresses == ["\(fixture.test.prefix).2", "\(fixture.test.prefix6):2"])
            #expect(fixture.networks.joined("web") == network.networks)
            let seen = try await fixture.inside(
                network,
                "ip -o addr; cat /proc/net/dev; ping -c1 -W2 127.0.0.1 >/dev/null && echo lo is up"
            )
            #expect(seen.contains("\(fixture.test.prefix).2/24") && seen.contains("\(fixture.test.prefix6):2/64"), "\(seen)")
            #expect(try await fixture.test.left().isEmpty == false)
            try fixture.networks.leave("web")
            #expect(try await fixture.test.left() == [])
            #expect(try fixture.networks.names() == [])
            try fixture.networks.leave("web")
        }
    }

    @Test func severalNetworksAreSeveralInterfaces() async throws {
        try await NetworksFixture.run { fixture in
            let network = try fixture.join("web", [NetworkRequest(name: "bridged"), NetworkRequest(name: "plain")])
            #expect(network.networks.map(\.interface) == ["eth0", "eth1"])
            #expect(network.networks[1].addresses == ["10.199.3.7"])
            #expect(try await fixture.inside(network, "ls /proc/sys/net/ipv4/conf").contains("eth1"))
        }
    }

    @Test(arguments: ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0"])
    func allVersionsOfTheSpecificationAreSpoken(version: String) async throws {
        try await NetworksFixture.run { fixture in
            let text = fixture.test.bridged.replacingOccurrences(of: "\"cniVersion\": \"1.0.0\"", with: "\"cniVersion\": \"\(version)\"")
            let isOld = version < "0.3.0"
            // Before 0.3.0 there were no lists of plugins.
            let single =
                #"{"cniVersion":"\#(version)","name":"bridged","type":"bridge","bridge":"\#(fixture.test.bridge)","isGateway":true,"ipam":{"type":"host-local","dataDir":"\#(fixture.directory)/leases","subnet":"\#(fixture.test.prefix).0/24"}}"#
            try FileManager.default.removeItem(atPath: "\(fixture.test.folder)/bridged.conflist")
            try fixture.test.add(isOld ? "bridged.conf" : "bridged.conflist", isOld ? single : text)
            let network = try fixture.join("web", [NetworkRequest(name: "bridged")])
            #expect(network.networks.first?.addresses.first == "\(fixture.test.prefix).2")
        }
    }

    @Test func wishesForAddressesAreHeededOrRefused() async throws {
        try await NetworksFixture.run { fixture in
            let wish = "\(fixture.test.prefix).77"
            let network = try fixture.join("web", [NetworkRequest(name: "bridged", addresses: [wish])])
            #expect(network.networks.first?.addresses.first == wish)
            try fixture.test.add("deaf.conf", #"{"cniVersion":"1.0.0","name":"deaf","type":"deaf"}"#)
            try fixture.test.addPlugin("deaf", #"echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]}'"#)
            let words = fixture.refusal("other", [NetworkRequest(name: "deaf", addresses: ["10.9.9.8"])])
            #expect(words.contains("did not give the address \"10.9.9.8\" but 10.9.9.9"), "\(words)")
        }
    }

    @Test func theNetworkNoneIsALoopbackInterfaceForWhichNobodyIsCalled() async throws {
        try await NetworksFixture.run { fixture in
            for name in ["first", "second"] {
                let network = try fixture.join(name, [NetworkRequest(name: "none")])
                #expect(network.networks.map(\.interface) == ["lo"] && network.networks[0].addresses == ["127.0.0.1"])
                #expect(try fixture.next().joined(name) == network.networks)
                let seen = try await fixture.inside(network, "ip -o link | wc -l; ip -o link show up | wc -l")
                #expect(seen == "1\n1\n")
                #expect(try SmallFile.read(network.files.hosts).contains("\n127.0.0.1 host-\(name)\n"))
            }
            for name in ["first", "second"] { try fixture.networks.leave(name) }
            #expect(try fixture.networks.names() == [])
        }
    }

    @Test func theNetworkNoneIsRefusedForWhatItHasNot() async throws {
        try await NetworksFixture.run { fixture in
            let both = fixture.refusal("web", [NetworkRequest(name: "none"), NetworkRequest(name: "bridged")])
            #expect(both.contains("\"none\" goes with no other"), "\(both)")
            let address = fixture.refusal("web", [NetworkRequest(name: "none", addresses: ["10.1.2.3"])])
            #expect(address.contains("did not give the address \"10.1.2.3\" but 127.0.0.1"), "\(address)")
            let ports = [NetworkRequest.PortMapping(transport: "tcp", hostPort: 8080, containerPort: 80)]
            #expect(fixture.refusal("web", [NetworkRequest(name: "none", ports: ports)]).contains("maps no ports"))
            #expect(try fixture.networks.names() == [])
            try fixture.test.add("none.conf", #"{"cniVersion":"1.0.0","name":"none","type":"mine"}"#)
            try fixture.test.addPlugin("mine", #"echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]}'"#)
            let described = try fixture.join("web", [NetworkRequest(name: "none")])
            #expect(described.networks.map(\.addresses) == [["10.9.9.9"]], "a file of that name comes first")
        }
    }

    @Test func portsOfTheMachineLeadIn() async throws {
        try await NetworksFixture.run { fixture in
            let port = UInt16(try freePort())
            let request = NetworkRequest(name: "bridged", ports: [.init(transport: "tcp", hostPort: port, containerPort: 80)])
            let network = try fixture.join("web", [request])
            let path = "/proc/\(getpid())/fd/\(network.namespace.descriptor.number)"
            let server = try Program(
                "nsenter",
                ["--net=\(path)", "python3", "-m", "http.server", "80", "--directory", fixture.test.folder]
            )
            let address = try #require(NetworkInterfaces.firstAddress())
            let isReached = await eventually {
                (try? await Program.run("curl", ["-sS", "-m", "2", "http://\(address):\(port)/"]))?.output.contains("bridged.conflist")
                    == true
            }
            #expect(isReached)
            let taken = fixture.refusal("other", [request])
            #expect(taken.contains("the port tcp/\(port) of the machine leads to the container web"), "\(taken)")
            await server.stop()
            try fixture.networks.leave("web")
            #expect(try await fixture.test.left() == [])
        }
    }

    @Test func namesAreFoundByFilesOfItsOwn() async throws {
        try await NetworksFixture.run { fixture in
            try fixture.test.add("named.conf", #"{"cniVersion":"1.0.0","name":"named","type":"named"}"#)
            try fixture.test.addPlugin(
                "named",
                #"echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}],"dns":{"nameservers":["10.9.9.1"],"domain":"example.org"}}'"#
            )
            let files = try fixture.join("web", [NetworkRequest(name: "named")]).files
            #expect(try SmallFile.read(files.hosts).contains("\n10.9.9.9 host-web\n"))
            #expect(try SmallFile.read(files.hostname) == "host-web\n")
            #expect(try SmallFile.read(files.resolver) == "domain example.org\nnameserver 10.9.9.1\n")
        }
    }

    @Test func whatPluginsAreToldIsAsSpecified() async throws {
        try await NetworksFixture.run { fixture in
            let folder = fixture.directory
            try fixture.test.addPlugin(
                "first",
                #"cat > \#(folder)/1.$CNI_COMMAND; env > \#(folder)/1.$CNI_COMMAND.env; echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}],"mine":7}'"#
            )
            try fixture.test.addPlugin(
                "second",
                #"cat > \#(folder)/2.$CNI_COMMAND; echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}],"last":true}'"#
            )
            try fixture.test.add(
                "told.conflist",
                """
                {"cniVersion":"1.0.0","name":"told","plugins":[{"type":"first","args":{"its":1},"odd":{"deep":[1,2.5,null]}},
                {"type":"second","capabilities":{"portMappings":true}}]}
                """
            )
            let request = NetworkRequest(
                name: "told",
                ports: [.init(transport: "udp", hostPort: 5353, containerPort: 53)],
                arguments: #"{"org.apache.mesos":{"network_info":{"name":"told"}}}"#
            )
            try fixture.join("web", [request])
            try fixture.networks.leave("web")
            func told(_ name: String) throws -> String { try SmallFile.read("\(folder)/\(name)") }
            #expect(
                try told("1.ADD")
                    == #"{"args":{"its":1,"org.apache.mesos":{"network_info":{"name":"told"}}},"cniVersion":"1.0.0","name":"told","odd":{"deep":[1,2.5,null]},"type":"first"}"#
            )
            let second = try told("2.ADD")
            #expect(second.contains(#""prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}],"mine":7}"#), "\(second)")
            #expect(
                second.contains(#""runtimeConfig":{"portMappings":[{"containerPort":53,"hostPort":5353,"protocol":"udp"}]}"#),
                "\(second)"
            )
            #expect(try told("1.DEL").contains(#""prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}],"last":true}"#))
            let environment = try told("1.ADD.env").split(separator: "\n")
            #expect(environment.contains("CNI_CONTAINERID=web-test") && environment.contains("CNI_IFNAME=eth0"))
            #expect(environment.contains("CNI_NETNS=\(folder)/namespaces/web"))
        }
    }
}
