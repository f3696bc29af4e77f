import AgentCore
import Cluster
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Networks of tasks: what may be asked for, and what is told of them.
@Suite struct NetworkTests {
    private func plan(_ infos: String, ports: [(UInt64, UInt64)]) throws -> ContainerLaunch {
        let container = #"{"type":"MESOS","network_infos":\#(infos)}"#
        let message = try MesosJSON.decode(Mesos_V1_ContainerInfo.self, from: Array(container.utf8))
        var command = Mesos_V1_CommandInfo()
        command.value = "true"
        var launch = OperatorLaunch(id: ContainerID("web"), command: command, container: message)
        launch.resources = ports.map { begin, end in
            .with { resource in
                resource.name = "ports"
                resource.type = .ranges
                resource.ranges.range = [.with { ($0.begin, $0.end) = (begin, end) }]
            }
        }
        return try launch.plan(parent: nil, workDirectory: "/work")
    }

    private func refusal(_ infos: String, ports: [(UInt64, UInt64)] = []) throws -> String? {
        do {
            _ = try plan(infos, ports: ports)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        #"[{}]"#, #"[{"name":"a"},{"name":"b"},{}]"#, #"[{"ip_addresses":[{"protocol":"IPv4"}]}]"#,
        #"[{"name":"a","port_mappings":[{"host_port":53,"container_port":53,"protocol":"UDP"},{"host_port":53,"container_port":53}]}]"#,
        #"[{"name":"a","ip_addresses":[{"ip_address":"fd00::2"},{"protocol":"IPv4"}],"groups":["g"],"labels":{"labels":[{"key":"k"}]}}]"#,
    ])
    func isTaken(infos: String) throws {
        #expect(try refusal(infos) == nil)
    }

    @Test(arguments: [
        (#"[{"port_mappings":[{"host_port":1,"container_port":1}]}]"#, "one without a name is the host's network"),
        (#"[{"ip_addresses":[{"ip_address":"10.0.0.1"}]}]"#, "one without a name is the host's network"),
        (#"[{"name":""}]"#, ".name: must have 1 to 128 bytes"),
        (#"[{"name":"a"},{"name":"a"}]"#, "names the network \"a\" twice"),
        (#"[{"name":"a","ip_addresses":[{"ip_address":"; rm"}]}]"#, ".ip_addresses.ip_address: must be as 10.1.2.3 or fd00::2"),
        (
            #"[{"name":"a","port_mappings":[{"host_port":0,"container_port":1}]}]"#,
            ".port_mappings.host_port: is 0, which stands for one of the resources ports, and there is none left"
        ),
        (
            #"[{"name":"a","port_mappings":[{"host_port":65536,"container_port":1}]}]"#,
            ".port_mappings.host_port: must be from 0 to 65535, is 65536"
        ),
        (
            #"[{"name":"a","port_mappings":[{"host_port":1,"container_port":65536}]}]"#,
            ".port_mappings.container_port: must be from 1 to 65535"
        ),
        (
            #"[{"name":"a","port_mappings":[{"host_port":1,"container_port":1,"protocol":"x"}]}]"#,
            ".port_mappings.protocol: must be tcp, udp or sctp"
        ),
        (
            #"[{"name":"a","port_mappings":[{"host_port":1,"container_port":1}]},{"name":"b","port_mappings":[{"host_port":1,"container_port":2}]}]"#,
            ".port_mappings: the port 1/tcp of the host is there twice"
        ),
    ])
    func isRefused(infos: String, says: String) throws {
        let words = try #require(try refusal(infos))
        #expect(words.hasPrefix("container.network_infos") && words.contains(says), "\(words)")
    }

    @Test func portsOfTheMachineComeFromTheResources() throws {
        let mappings = [(0, 80), (31001, 81), (0, 82), (0, 83)].map { #"{"host_port":\#($0),"container_port":\#($1)}"# }
        let infos = #"[{"name":"a","port_mappings":[\#(mappings.joined(separator: ","))]}]"#
        let launch = try plan(infos, ports: [(32000, 32000), (31000, 31002)])
        // Those that are named are no one else's; the lowest of the others come first.
        #expect(launch.networks.flatMap(\.portMappings).map(\.hostPort) == [31000, 31001, 31002, 32000])
        #expect(try refusal(infos, ports: [(31000, 31002)])?.contains("there is none left") == true)
        #expect(try refusal(infos, ports: [(32000, 32010)])?.contains("31001 is none of the resources ports") == true)
        // Two networks do not get the same.
        let two =
            #"[{"name":"a","port_mappings":[{"host_port":0,"container_port":1}]},{"name":"b","port_mappings":[{"host_port":0,"container_port":1}]}]"#
        #expect(try plan(two, ports: [(5, 6)]).networks.flatMap(\.portMappings).map(\.hostPort) == [5, 6])
        for ranges in [[(9, 5)], [(0, 0)], [(70000, 70010)]] as [[(UInt64, UInt64)]] { #expect(try refusal(two, ports: ranges) != nil) }
        #expect(try refusal(two, ports: [(1, .max)]) != nil)
    }

    @Test func tooManyAreRefused() throws {
        let infos = (0..<17).map { #"{"name":"n\#($0)"}"# }.joined(separator: ",")
        #expect(try refusal("[\(infos)]") == "container.network_infos: there are 17, at most 16 are allowed")
    }
}
