import Foundation
import Synchronization

/// Networks of a test's own, made by the plugins of this machine (Debian: containernetworking-plugins), which need root.
/// What they make beside containers is gone afterwards: bridges, rules of the packet filter, leases of addresses.
public struct TestNetworks: Sendable {
    /// The folder of the configurations.
    public let folder: String
    /// Where plugins of the test's own can be put.
    public let plugins: String
    /// Names the network `bridged`'s bridge; no other test has one of that name.
    public let bridge: String
    /// The first three numbers of the addresses of `bridged`, as "10.213.7".
    public let prefix: String
    /// The first part of its IPv6 addresses, as "fd00:d5:7:".
    public let prefix6: String
    private let scratch: String

    /// The folders of plugins: the test's own first.
    public var pluginFolders: [String] { [plugins, "/usr/lib/cni"] }

    /// Runs the body with the networks `bridged`, IPv4 and IPv6 by a bridge, ports of the machine by portmap, and `plain`,
    /// the one address 10.199.3.7 and no way out.
    public static func run<Result>(_ body: (TestNetworks) async throws -> Result) async throws -> Result {
        try await withScratchDirectory { directory in
            let networks = try TestNetworks(directory.path)
            await Rules.shared.enter()
            do {
                let result = try await body(networks)
                await networks.remove()
                return result
            } catch {
                await networks.remove()
                throw error
            }
        }
    }

    private init(_ directory: String) throws {
        let number = UInt16.random(in: 0 ... .max)
        let (high, low) = (200 + number % 50, number / 50 % 250)
        scratch = directory
        folder = "\(directory)/net.d"
        plugins = "\(directory)/plugins"
        bridge = "agt\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        prefix = "10.\(high).\(low)"
        prefix6 = "fd00:\(String(high, radix: 16)):\(String(low, radix: 16)):"
        for path in [folder, plugins] { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        try add("bridged.conflist", bridged)
        try add(
            "plain.conf",
            """
            {"cniVersion": "0.3.1", "name": "plain", "type": "bridge", "bridge": "\(bridge)b",
             "ipam": {"type": "static", "addresses": [{"address": "10.199.3.7/24"}]}}
            """
        )
    }

    /// The text of the network `bridged`.
    public var bridged: String {
        """
        {"cniVersion": "1.0.0", "name": "bridged", "plugins": [
          {"type": "bridge", "bridge": "\(bridge)", "isGateway": true, "hairpinMode": true, "ipam": {
            "type": "host-local", "dataDir": "\(scratch)/leases",
            "ranges": [[{"subnet": "\(prefix).0/24"}], [{"subnet": "\(prefix6):/64"}]],
            "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]}},
          {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}]}
        """
    }

    /// Describes a network by a file of that name.
    public func add(_ file: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
    }

    /// Puts a plugin of the test's own there, a script of the shell.
    public func addPlugin(_ name: String, _ script: String) throws {
        let path = "\(plugins)/\(name)"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        waitUntilNobodyWrites(path)
    }

    /// What there is of containers in `bridged`: leases, interfaces at the bridge, rules of the packet filter.
    public func left() async throws -> [String] {
        let leases = ((try? FileManager.default.contentsOfDirectory(atPath: "\(scratch)/leases/bridged")) ?? [])
            .filter { $0 != "lock" && !$0.hasPrefix("last_reserved_ip") }
        let ports = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net/\(bridge)/brif")) ?? []
        var rules: [String] = []
        for program in ["iptables", "ip6tables"] {
            let output = try await Program.run(program, ["-t", "nat", "-S"]).output
            rules += output.split(separator: "\n").filter { $0.contains(prefix + ".") || $0.contains(prefix6) }.map(String.init)
        }
        return leases.map { "lease \($0)" } + ports.map { "interface \($0)" } + rules
    }

    private func remove() async {
        for bridge in [bridge, bridge + "b"] { _ = try? await Program.run("ip", ["link", "delete", bridge]) }
        await Rules.shared.leave()
    }
}

/// What plugins of all tests share: portmap's chains, and forwarding by the machine. The last test puts it back.
private actor Rules {
    static let shared = Rules()

    private var users = 0
    private var hadChains = true
    private var forwarding: [String: Data] = [:]

    private static let switches = ["/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"]
    private static let chains = ["CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-MASQ", "CNI-HOSTPORT-SETMARK"]

    func enter() async {
        users += 1
        guard users == 1 else { return }
        for path in Self.switches { forwarding[path] = FileManager.default.contents(atPath: path) }
        hadChains = await Self.rules("iptables").contains { $0.contains(Self.chains[0]) }
    }

    func leave() async {
        users -= 1
        guard users == 0 else { return }
        for (path, value) in forwarding { try? value.write(to: URL(filePath: path)) }
        guard !hadChains else { return }
        for program in ["iptables", "ip6tables"] { await Self.removeChains(program) }
    }

    private static func removeChains(_ program: String) async {
        let jumps = await rules(program).filter { $0.hasPrefix("-A") && $0.contains("CNI-HOSTPORT") && !$0.hasPrefix("-A CNI") }
        for jump in jumps { _ = try? await Program.run("sh", ["-c", "\(program) -t nat -D \(jump.dropFirst(3))"]) }
        for step in ["-F", "-X"] {
            for chain in chains { _ = try? await Program.run(program, ["-t", "nat", step, chain]) }
        }
    }

    private static func rules(_ program: String) async -> [String] {
        (try? await Program.run(program, ["-t", "nat", "-S"]).lines) ?? []
    }
}

/// A program that another test starts at this moment holds all our files until it runs, and a file that somebody may
/// write to cannot be run (ETXTBSY of execve(2)). A lease for reading tells when nobody can (fcntl(2), F_SETLEASE).
private func waitUntilNobodyWrites(_ path: String) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    for _ in 0..<2000 {
        // F_SETLEASE and F_RDLCK, which are 1024 and 0 on every Linux.
        if fcntl(file, 1024, 0) == 0 { break }
        usleep(10_000)
    }
}
