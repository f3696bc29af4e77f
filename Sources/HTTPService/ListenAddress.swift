import NIOCore
import NIOPosix

/// Where a server listens: a host and port that were resolved and found safe.
enum ListenAddress {
    /// Resolves the configuration's host. Without TLS, only addresses that no other machine reaches are taken, unless allowed.
    static func resolve(_ configuration: HTTPServerConfiguration) async throws(HTTPServiceError) -> SocketAddress {
        let port = configuration.port
        guard (0...65535).contains(port) else {
            throw .invalidConfiguration("the port is \(port); it must be from 0 (any free port) to 65535")
        }
        let host = unbracketed(configuration.host)
        guard !host.isEmpty else {
            throw .unknownHost(host: host, reason: "it is empty")
        }
        let address = try await lookUp(host, port)
        guard configuration.tls != nil || configuration.allowInsecure || address.isLoopback else {
            throw .insecureAddress(host: host, port: port)
        }
        return address
    }

    /// Name lookups block, so they are done on a thread for such things.
    private static func lookUp(_ host: String, _ port: Int) async throws(HTTPServiceError) -> SocketAddress {
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(host, port: port)
            }
        } catch {
            throw .unknownHost(host: host, reason: "it is neither an address nor a name that can be looked up")
        }
    }

    private static func unbracketed(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}

extension SocketAddress {
    /// Whether only this machine can connect to it.
    var isLoopback: Bool {
        guard let ip = ipAddress else { return false }
        return ip == "::1" || ip.hasPrefix("127.") || ip.hasPrefix("::ffff:127.")
    }
}
