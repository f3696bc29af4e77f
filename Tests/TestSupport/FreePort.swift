import Foundation
import Synchronization

/// A port of the loopback address that nobody listens on now, and that this process gave out to nobody else.
///
/// It lies below the ports that the kernel gives to connections (`net.ipv4.ip_local_port_range`): it stays free while
/// the one that listens on it is restarted.
public func freePort() throws -> Int {
    for _ in 0..<1000 {
        let port = ports.lowerBound + Int(next.wrappingAdd(1, ordering: .relaxed).oldValue % UInt(ports.count))
        if isFree(port) { return port }
    }
    throw POSIXError(.EADDRNOTAVAIL)
}

private let ports = 10_000..<32_000
private let next = Atomic(UInt.random(in: 0..<UInt(ports.count)))

private func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
