/// A network that a container is to join.
public struct NetworkRequest: Hashable, Sendable, Codable {
    /// A port of the machine that leads to one of the container.
    public struct PortMapping: Hashable, Sendable, Codable {
        /// What is carried, as "tcp" or "udp".
        public var transport: String
        /// On the machine.
        public var hostPort: UInt16
        /// In the container.
        public var containerPort: UInt16

        /// Maps a port.
        public init(transport: String, hostPort: UInt16, containerPort: UInt16) {
            self.transport = transport
            self.hostPort = hostPort
            self.containerPort = containerPort
        }
    }

    /// Its name in the folder of configurations.
    public var name: String
    /// Ports of the machine that lead into the container.
    public var ports: [PortMapping]
    /// Addresses that the container wants, as "10.1.2.3" or "10.1.2.3/24"; empty: whichever it gets.
    public var addresses: [String]
    /// What plugins find below `args`, as a JSON object: a key says whose convention its value follows.
    public var arguments: String?

    /// Asks for a network.
    public init(name: String, ports: [PortMapping] = [], addresses: [String] = [], arguments: String? = nil) {
        self.name = name
        self.ports = ports
        self.addresses = addresses
        self.arguments = arguments
    }
}

/// A network that a container has joined.
public struct JoinedNetwork: Hashable, Sendable {
    /// What was asked for.
    public var request: NetworkRequest
    /// What the container calls its interface there, as "eth0".
    public var interface: String
    /// Its addresses there, IPv4 and IPv6, without the length of a prefix.
    public var addresses: [String]
}
