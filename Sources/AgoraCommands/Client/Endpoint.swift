import MesosMessages

/// Where a master or an agent listens.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    static let masterPort = 5050
    static let agentPort = 5051

    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads "HOST:PORT", "HOST", "[::1]:PORT" or "http://HOST:PORT".
    init?(parsing text: String, defaultPort: Int = Endpoint.masterPort) {
        var rest = text[...]
        if rest.hasPrefix("http://") { rest = rest.dropFirst("http://".count) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var portText: Substring?
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            let after = rest[end...].dropFirst()
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            portText = after.isEmpty ? nil : after.dropFirst()
            rest = rest[..<end].dropFirst()
        } else if let colon = rest.lastIndex(of: ":"), !rest[..<colon].contains(":") {
            portText = rest[colon...].dropFirst()
            rest = rest[..<colon]
        }
        let isName = rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }
        guard !rest.isEmpty, isName else { return nil }
        guard let portText else {
            self.init(host: String(rest), port: defaultPort)
            return
        }
        guard let port = UInt16(portText), port > 0 else { return nil }
        self.init(host: String(rest), port: Int(port))
    }

    /// The agent that an offer comes from.
    init(of offer: Mesos_V1_Offer) {
        let address = offer.url.address
        let host = [address.ip, address.hostname, offer.hostname].first { !$0.isEmpty } ?? "127.0.0.1"
        self.init(host: host, port: address.port > 0 ? Int(address.port) : Self.agentPort)
    }

    init(of agent: Mesos_V1_AgentInfo) {
        self.init(host: agent.hostname, port: agent.port > 0 ? Int(agent.port) : Self.agentPort)
    }

    /// "HOST:PORT"; an IPv6 address in brackets.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The address of a path there.
    func url(_ path: String) -> String { "http://\(self)\(path)" }
}
