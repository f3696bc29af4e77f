import AgentCore
import Cluster
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Networks of tasks: what may be asked for, and what is told of them.
@Suite struct NetworkTests {
    private func refusal(_ infos: String) throws -> String? {
        let container = #"{"type":"MESOS","network_infos":\#(infos)}"#
        let message = try MesosJSON.decode(Mesos_V1_ContainerInfo.self, from: Array(container.utf8))
        var command = Mesos_V1_CommandInfo()
        command.value = "true"
        do {
            _ = try OperatorLaunch(id: ContainerID("web"), command: command, container: message).plan(parent: nil, workDirectory: "/work")
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
            ".port_mappings.host_port: must be from 1 to 65535, is 0"
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

    @Test func tooManyAreRefused() throws {
        let infos = (0..<17).map { #"{"name":"n\#($0)"}"# }.joined(separator: ",")
        #expect(try refusal("[\(infos)]") == "container.network_infos: there are 17, at most 16 are allowed")
    }
}
