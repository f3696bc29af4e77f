import Glibc

/// What a chain of plugins has made so far, as the last of them told it.
struct PluginResult: Hashable {
    /// How names are looked up in a network.
    struct DNS: Hashable {
        var nameservers: [String] = []
        var domain: String?
        var search: [String] = []
        var options: [String] = []
    }

    /// The addresses of the container.
    var addresses: [String]
    var dns: DNS

    /// The most addresses and name servers that are taken note of.
    private static let maximumEntries = 64

    /// Reads a result in the form of a version: `ips` since 0.3.0, `ip4` and `ip6` before.
    init(_ value: JSONValue, version: CNIVersion) throws(NetworkError) {
        guard value.object != nil else { throw NetworkError("its result is no JSON object") }
        let texts = version.hasPreviousResult ? Self.listed(value) : [value["ip4"], value["ip6"]].compactMap { $0?["ip"]?.string }
        guard texts.count <= Self.maximumEntries else { throw NetworkError("its result has more than \(Self.maximumEntries) addresses") }
        addresses = []
        for text in texts { addresses.append(try Self.address(text)) }
        dns = DNS(value["dns"], limit: Self.maximumEntries)
    }

    /// Those of interfaces in the container; one that names no interface is the container's.
    private static func listed(_ value: JSONValue) -> [String] {
        let interfaces = value["interfaces"]?.array ?? []
        return (value["ips"]?.array ?? []).compactMap { entry in
            if let index = entry["interface"]?.integer, index >= 0, index < interfaces.count,
                interfaces[Int(index)]["sandbox"]?.string ?? "" == ""
            {
                return nil
            }
            return entry["address"]?.string
        }
    }

    private static func address(_ text: String) throws(NetworkError) -> String {
        let address = String(text.split(separator: "/", maxSplits: 1).first ?? "")
        guard isAddress(address) else { throw NetworkError("its result has an address that is none: \(quoted(text))") }
        return address
    }

    /// Whether a text is an IPv4 or IPv6 address.
    static func isAddress(_ text: String) -> Bool { bytes(of: text) != nil }

    /// Whether two texts are the same address, however they write it.
    static func areSame(_ left: String, _ right: String) -> Bool {
        let bytes = bytes(of: left)
        return bytes != nil && bytes == Self.bytes(of: right)
    }

    private static func bytes(of text: String) -> [UInt8]? {
        for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: size)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}

extension PluginResult.DNS {
    /// What could do harm in a file of lines and words is left out.
    fileprivate init(_ value: JSONValue?, limit: Int) {
        func words(_ field: String) -> [String] {
            (value?[field]?.array ?? []).compactMap(\.string).filter(Self.isWord).prefix(limit).map { $0 }
        }
        nameservers = words("nameservers").filter(PluginResult.isAddress)
        domain = value?["domain"]?.string.flatMap { Self.isWord($0) ? $0 : nil }
        search = words("search")
        options = words("options")
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
}
