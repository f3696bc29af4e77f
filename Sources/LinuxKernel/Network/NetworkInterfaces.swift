import Glibc

/// The network interfaces of this machine.
public enum NetworkInterfaces {
    /// The first IPv4 address that is up and not a loopback's, as text. See getifaddrs(3).
    public static func firstAddress() -> String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0, let list else { return nil }
        defer { freeifaddrs(list) }
        for interface in sequence(first: list, next: \.pointee.ifa_next) {
            let flags = interface.pointee.ifa_flags
            guard let address = interface.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET),
                flags & UInt32(IFF_UP) != 0, flags & UInt32(IFF_LOOPBACK) == 0
            else { continue }
            var name = [UInt8](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = name.withUnsafeMutableBytes { bytes in
                getnameinfo(
                    address,
                    length,
                    bytes.bindMemory(to: CChar.self).baseAddress,
                    socklen_t(bytes.count),
                    nil,
                    0,
                    NI_NUMERICHOST
                )
            }
            if result == 0 { return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return nil
    }
}
