import MesosMessages

/// The networks that a ContainerInfo names, known to be asked for in a way that means something.
///
/// One without a name stands for the host's network, as in Mesos. What the network itself decides (whether it is there,
/// maps ports, gives the addresses) is found out at the launch.
struct NetworkWishes {
    /// Those with a name; ports with a transport in small letters.
    private(set) var networks: [Mesos_V1_NetworkInfo] = []
    private var names: Set<String> = []
    private let given: HostPorts
    /// Those that are named, or were chosen.
    private var taken: Set<UInt32>
    private var ports: Set<String> = []

    private static let field = "container.network_infos"
    private static let maximumNetworks = 16
    private static let maximumPorts = 256
    private static let maximumAddresses = 16
    private static let transports: Set<String> = ["tcp", "udp", "sctp"]

    /// - Parameter resources: what the container has; if ports are among them, it maps no others, and a `host_port` of 0
    ///   stands for one of them.
    /// - Throws: what is wrong with them, by field.
    init(_ infos: [Mesos_V1_NetworkInfo], resources: [Mesos_V1_Resource]) throws(LaunchRefusal) {
        given = HostPorts(resources)
        taken = Set(infos.flatMap(\.portMappings).map(\.hostPort))
        guard infos.count <= Self.maximumNetworks else {
            throw LaunchRefusal("\(Self.field): there are \(infos.count), at most \(Self.maximumNetworks) are allowed")
        }
        for info in infos { try add(info) }
    }

    private mutating func add(_ info: Mesos_V1_NetworkInfo) throws(LaunchRefusal) {
        guard info.hasName else {
            let asksForNothing = info.portMappings.isEmpty && info.groups.isEmpty && info.ipAddresses.allSatisfy { !$0.hasIpAddress }
            guard asksForNothing else {
                throw LaunchRefusal(
                    "\(Self.field): one without a name is the host's network, which has no port_mappings, groups or ip_addresses; name a network"
                )
            }
            return
        }
        guard !info.name.isEmpty, info.name.utf8.count <= 128, !info.name.contains("\0") else {
            throw LaunchRefusal("\(Self.field).name: must have 1 to 128 bytes; leave it out for the host's network")
        }
        guard names.insert(info.name).inserted else {
            throw LaunchRefusal("\(Self.field): names the network \"\(info.name)\" twice; a container joins it once")
        }
        var info = info
        try check(info.ipAddresses)
        info.portMappings = try checked(info.portMappings)
        networks.append(info)
    }

    private func check(_ addresses: [Mesos_V1_NetworkInfo.IPAddress]) throws(LaunchRefusal) {
        guard addresses.count <= Self.maximumAddresses else {
            throw LaunchRefusal("\(Self.field).ip_addresses: there are more than \(Self.maximumAddresses)")
        }
        for address in addresses where address.hasIpAddress {
            let text = address.ipAddress
            let isAddress =
                !text.isEmpty && text.utf8.count < 64 && text.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" || $0 == "/" }
            guard isAddress else {
                throw LaunchRefusal("\(Self.field).ip_addresses.ip_address: must be as 10.1.2.3 or fd00::2, is \"\(text.prefix(80))\"")
            }
        }
    }

    private mutating func hostPort(_ wanted: UInt32, _ field: String) throws(LaunchRefusal) -> UInt32 {
        guard wanted == 0 else {
            guard wanted <= 65535 else { throw LaunchRefusal("\(field): must be from 0 to 65535, is \(wanted)") }
            guard given.isEmpty || given.contains(wanted) else {
                throw LaunchRefusal("\(field): \(wanted) is none of the resources ports; take one of them, or 0 for any of them")
            }
            return wanted
        }
        guard let port = given.first(except: taken) else {
            throw LaunchRefusal(
                "\(field): is 0, which stands for one of the resources ports, and there is none left; add ports, or name one"
            )
        }
        taken.insert(port)
        return port
    }

    private mutating func checked(
        _ mappings: [Mesos_V1_NetworkInfo.PortMapping]
    ) throws(LaunchRefusal) -> [Mesos_V1_NetworkInfo.PortMapping] {
        let field = "\(Self.field).port_mappings"
        guard mappings.count <= Self.maximumPorts else { throw LaunchRefusal("\(field): there are more than \(Self.maximumPorts)") }
        var checked: [Mesos_V1_NetworkInfo.PortMapping] = []
        for mapping in mappings {
            var mapping = mapping
            guard (1...65535).contains(mapping.containerPort) else {
                throw LaunchRefusal("\(field).container_port: must be from 1 to 65535, is \(mapping.containerPort)")
            }
            mapping.hostPort = try hostPort(mapping.hostPort, "\(field).host_port")
            mapping.protocol = mapping.hasProtocol ? mapping.protocol.lowercased() : "tcp"
            guard Self.transports.contains(mapping.protocol) else {
                throw LaunchRefusal("\(field).protocol: must be tcp, udp or sctp, is \"\(mapping.protocol.prefix(80))\"")
            }
            guard ports.insert("\(mapping.protocol)/\(mapping.hostPort)").inserted else {
                throw LaunchRefusal("\(field): the port \(mapping.hostPort)/\(mapping.protocol) of the host is there twice")
            }
            checked.append(mapping)
        }
        return checked
    }
}
