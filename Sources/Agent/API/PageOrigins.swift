/// Whose web pages may ask an agent from a browser: those of the master that it dials, and what the operator names.
///
/// The master's page asks agents itself, since the master dials none. A page of any other origin that somebody happens to
/// look at learns nothing here, and changes nothing.
enum PageOrigins {
    /// The origins as browsers send them.
    static func all(_ configuration: AgentConfiguration) -> Set<String> {
        Set(configuration.allowedOrigins).union(origins(of: configuration.masterAddress))
    }

    /// Those of the pages that a master serves, by all names that this machine has for itself if it is one of them.
    static func origins(of address: String) -> [String] {
        guard let colon = address.lastIndex(of: ":") else { return [] }
        let (host, port) = (String(address[..<colon]).lowercased(), address[address.index(after: colon)...])
        let names = loopback.contains(host) ? loopback : [host]
        return names.flatMap { name in
            [("http", "80"), ("https", "443")].map { scheme, usual in port == usual ? "\(scheme)://\(name)" : "\(scheme)://\(name):\(port)"
            }
        }
    }

    private static let loopback = ["127.0.0.1", "localhost", "[::1]"]
}
