import MesosMessages
import SwiftProtobuf

/// `ports` of a container. In the machine's network a port is where it says; others learn of it here. In another one, a
/// `hostPort` is a port of the machine that leads to it.
struct PodPorts {
    private(set) var ports: [Mesos_V1_Port] = []
    private(set) var network = PodNetworkNeeds()

    init(_ value: ManifestValue?) throws(PodFileError) {
        for item in try value?.list(atMost: PodFileLimits.values) ?? [] {
            var fields = try ManifestFields(item)
            let number = try fields.require("containerPort").integer(in: 1...65535)
            let host = fields.take("hostPort")
            let name = try fields.take("name")?.nonEmptyText()
            let transport = try Self.transport(fields.take("protocol"))
            if let host { try map(host, to: number, transport) }
            try fields.finish(unsupported: ["hostIP": "a choice of address is"])
            ports.append(
                .with {
                    $0.number = UInt32(number)
                    $0.protocol = transport
                    if let name { $0.name = name }
                }
            )
        }
    }

    private mutating func map(_ host: ManifestValue, to number: Int64, _ transport: String) throws(PodFileError) {
        let port = try host.integer(in: 1...65535)
        if port != number, network.reasonAgainstMachine == nil {
            network.reasonAgainstMachine = host.error(
                "must be the containerPort, \(number), in the machine's network; for another one name it: --network NAME"
            )
        }
        network.ports.append(
            .with {
                $0.hostPort = UInt32(port)
                $0.containerPort = UInt32(number)
                $0.protocol = transport
            }
        )
    }

    private static func transport(_ value: ManifestValue?) throws(PodFileError) -> String {
        guard let value else { return "tcp" }
        let text = try value.text()
        guard ["TCP", "UDP", "SCTP"].contains(text) else { throw value.error("must be TCP, UDP or SCTP, is \"\(text.clipped)\"") }
        return text.lowercased()
    }
}
