import Cluster
import Glibc
import LinuxKernel
import Networks

extension LaunchPlan {
    /// The container's name for itself in networks of its own.
    var hostname: String {
        if let hostname = spec.hostname { return hostname }
        let plain = id.value.utf8.prefix(ContainerSpec.maximumHostname).map { Self.isPlain($0) ? $0 : UInt8(ascii: "-") }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "-")
        }
    }

    /// Gives the container the networks that it has joined.
    mutating func enter(_ network: ContainerNetwork) {
        self.network = network
        spec.hostname = hostname
        use(network.files, isOwn: true, addresses: network.networks.flatMap(\.addresses))
    }

    /// Lets the container's programs find names and their own address.
    ///
    /// - Parameters:
    ///   - isOwn: whether the files are those of a container; the machine's can only be read.
    mutating func use(_ files: NameFiles, isOwn: Bool, addresses: [String]) {
        if facts.hasOwnRoot || facts.hasOwnNetwork { show(files, isReadOnly: !isOwn) }
        guard let name = spec.addressVariable, let address = addresses.first(where: { !$0.contains(":") }) ?? addresses.first
        else { return }
        for index in spec.environment.indices where spec.environment[index].0 == name { spec.environment[index].1 = address }
    }

    /// Below all other volumes. The host's root gets nothing that it has not: it would stay behind.
    private mutating func show(_ files: NameFiles, isReadOnly: Bool) {
        let places = [(files.hosts, "/etc/hosts"), (files.hostname, "/etc/hostname"), (files.resolver, "/etc/resolv.conf")]
        let volumes = places.compactMap { source, place -> VolumeMount? in
            guard access(source, F_OK) == 0, facts.hasImageRoot || access(place, F_OK) == 0 else { return nil }
            return VolumeMount(source: .host(source), containerPath: place, isReadOnly: isReadOnly)
        }
        spec.volumes = volumes + spec.volumes
    }
}
