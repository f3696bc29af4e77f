import MesosAPI
import MesosMessages
import Networks
import SwiftProtobuf

extension NetworkRequest {
    /// What a message asks for; plugins find it whole below `args`, where Mesos puts it.
    init(_ info: Mesos_V1_NetworkInfo) {
        self.init(
            name: info.name,
            ports: info.portMappings.map {
                PortMapping(
                    transport: $0.protocol,
                    hostPort: UInt16(clamping: $0.hostPort),
                    containerPort: UInt16(clamping: $0.containerPort)
                )
            },
            addresses: info.ipAddresses.filter(\.hasIpAddress).map(\.ipAddress),
            arguments: Self.beginning + String(decoding: MesosJSON.encode(info), as: UTF8.self) + Self.end
        )
    }

    private static let beginning = "{\"org.apache.mesos\":{\"network_info\":"
    private static let end = "}}"

    /// The message that this was made of.
    fileprivate var message: Mesos_V1_NetworkInfo? {
        guard let arguments, arguments.hasPrefix(Self.beginning) else { return nil }
        let text = arguments.dropFirst(Self.beginning.count).dropLast(Self.end.count)
        return try? MesosJSON.decode(Mesos_V1_NetworkInfo.self, from: Array(text.utf8))
    }
}

extension JoinedNetwork {
    /// As it was asked for, with the addresses that the container got.
    var message: Mesos_V1_NetworkInfo {
        var message = request.message ?? .with { $0.name = request.name }
        message.ipAddresses = addresses.map { address in
            .with {
                $0.protocol = address.contains(":") ? .ipv6 : .ipv4
                $0.ipAddress = address
            }
        }
        return message
    }
}
