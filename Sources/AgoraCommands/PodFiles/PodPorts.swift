import MesosMessages
import SwiftProtobuf

/// `ports` of a container. Containers use the machine's network, so a port is where it says; others learn of it here.
enum PodPorts {
    static func ports(_ value: ManifestValue?) throws(PodFileError) -> [Mesos_V1_Port] {
        var ports: [Mesos_V1_Port] = []
        for item in try value?.list(atMost: PodFileLimits.values) ?? [] {
            var fields = try ManifestFields(item)
            let number = try fields.require("containerPort").integer(in: 1...65535)
            if let host = fields.take("hostPort"), try host.integer(in: 1...65535) != number {
                throw host.error("must be the containerPort, \(number): the pod uses the machine's network")
            }
            let name = try fields.take("name")?.nonEmptyText()
            let transport = try transport(fields.take("protocol"))
            try fields.finish(unsupported: ["hostIP": "a choice of address is"])
            ports.append(
                .with {
                    $0.number = UInt32(number)
                    $0.protocol = transport
                    if let name { $0.name = name }
                }
            )
        }
        return ports
    }

    private static func transport(_ value: ManifestValue?) throws(PodFileError) -> String {
        guard let value else { return "tcp" }
        let text = try value.text()
        guard ["TCP", "UDP", "SCTP"].contains(text) else { throw value.error("must be TCP, UDP or SCTP, is \"\(text.clipped)\"") }
        return text.lowercased()
    }
}
