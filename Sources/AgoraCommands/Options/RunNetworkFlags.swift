import ArgumentParser
import MesosMessages
import SwiftProtobuf

/// The flags of `agora run` that say which networks the container or pod joins.
struct RunNetworkFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A network to join, instead of the machine's; none: a loopback interface only. May be given again.",
            valueName: "name"
        )
    )
    var network: [String] = []
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A port of the machine that leads to one of the container.", valueName: "host:container[/proto]")
    )
    var publish: [String] = []

    func validate() throws {
        do {
            _ = try networks
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// What the flags mean; `host` is the machine's own network, as with `docker run`.
    var networks: PodNetworks {
        get throws(PodFileError) {
            let names = network.filter { $0 != "host" }
            guard names.count == network.count || names.isEmpty else {
                throw PodFileError("--network", "\"host\" is the machine's own network; it goes with no other")
            }
            guard names.allSatisfy({ !$0.isEmpty && !$0.contains("\0") }), Set(names).count == names.count else {
                throw PodFileError("--network", "a name is empty, or there twice")
            }
            guard publish.isEmpty || !names.isEmpty else {
                throw PodFileError("--publish", "needs --network: in the machine's own network every port is the machine's")
            }
            var ports: [Mesos_V1_NetworkInfo.PortMapping] = []
            for text in publish { ports.append(try Self.port(text)) }
            return PodNetworks(names: names, ports: ports)
        }
    }

    /// "8080:80" or "5353:53/udp".
    private static func port(_ text: String) throws(PodFileError) -> Mesos_V1_NetworkInfo.PortMapping {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = (halves.first ?? "").split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0) ?? 0 }
        let transport = halves.count == 2 ? halves[1].lowercased() : "tcp"
        guard halves.count <= 2, numbers.count == 2, !numbers.contains(0) else {
            throw PodFileError(
                "--publish",
                "\"\(text.clipped)\" must be written HOST:CONTAINER or HOST:CONTAINER/udp, with ports from 1 to 65535"
            )
        }
        guard ["tcp", "udp", "sctp"].contains(transport) else {
            throw PodFileError("--publish", "\"\(text.clipped)\": must be tcp, udp or sctp after the slash")
        }
        return .with {
            $0.hostPort = UInt32(numbers[0])
            $0.containerPort = UInt32(numbers[1])
            $0.protocol = transport
        }
    }
}
