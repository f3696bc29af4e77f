import Glibc
import LinuxKernel

/// The files by which programs find names and addresses, each by its path on the machine.
public struct NameFiles: Hashable, Sendable {
    /// What is `/etc/hosts`.
    public var hosts: String
    /// What is `/etc/hostname`.
    public var hostname: String
    /// What is `/etc/resolv.conf`.
    public var resolver: String

    init(folder: String) {
        hosts = "\(folder)/hosts"
        hostname = "\(folder)/hostname"
        resolver = "\(folder)/resolv.conf"
    }

    /// The machine's own.
    public static let machine = NameFiles(folder: "/etc")
}

/// The content of ``NameFiles``.
enum NameFileText {
    /// Names as every machine has them, and the container's own for each of its addresses.
    static func hosts(_ hostname: String, addresses: [String]) -> String {
        var lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback", "ff02::1 ip6-allnodes", "ff02::2 ip6-allrouters"]
        lines += addresses.map { "\($0) \(hostname)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Where names are looked up: as the networks say; if none of them names a server, as the machine does it.
    static func resolver(_ networks: [PluginResult.DNS]) throws(NetworkError) -> String {
        let servers = unique(networks.flatMap(\.nameservers))
        guard !servers.isEmpty else { return try machineResolver() }
        var lines = networks.compactMap(\.domain).first.map { ["domain \($0)"] } ?? []
        let search = unique(networks.flatMap(\.search)), options = unique(networks.flatMap(\.options))
        if !search.isEmpty { lines.append("search " + search.joined(separator: " ")) }
        lines += servers.map { "nameserver \($0)" }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The machine's own file. One that names only the machine itself would be of no use in another network; where
    /// systemd-resolved wrote it, the servers behind it stand in another file.
    private static func machineResolver() throws(NetworkError) -> String {
        let text = try content("/etc/resolv.conf")
        let servers = text.split(separator: "\n").filter { $0.hasPrefix("nameserver") }
        guard !servers.isEmpty, servers.allSatisfy({ $0.contains(" 127.") || $0.contains(" ::1") }) else { return text }
        let behind = try content("/run/systemd/resolve/resolv.conf")
        return behind.isEmpty ? text : behind
    }

    private static func content(_ path: String) throws(NetworkError) -> String {
        do {
            return try SmallFile.read(path)
        } catch {
            guard error.code == ENOENT else { throw NetworkError("\(error)") }
            return ""
        }
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }
}
