/// Why an HTTP server did not start. The description says what to do about it.
public enum HTTPServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Somebody else listens there.
    case addressInUse(host: String, port: Int)

    /// The name or address means nothing to this machine.
    case unknownHost(host: String, reason: String)

    /// The address can be reached by other machines, and there is no TLS.
    case insecureAddress(host: String, port: Int)

    /// The kernel refused for another reason.
    case cannotListen(host: String, port: Int, reason: String)

    /// A unix domain socket cannot be made.
    case cannotListenOnSocket(path: String, reason: String)

    /// A certificate or key cannot be used.
    case unusableTLSFile(path: String, reason: String)

    /// A setting is out of range.
    case invalidConfiguration(String)

    /// The error in words.
    public var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "cannot listen on \(host):\(port): the port is in use by another process. "
                + "Stop that process (`ss -ltnp 'sport = :\(port)'` shows it) or choose another port."
        case .unknownHost(let host, let reason):
            "cannot listen on \"\(host)\": \(reason). Give an address of this machine, such as 127.0.0.1, or a name that leads to one."
        case .insecureAddress(let host, let port):
            "refusing to listen on \(host):\(port) without TLS: other machines could read and forge everything. "
                + "Give a certificate and a key, or listen on 127.0.0.1, or say that insecure is meant (--insecure)."
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason)."
        case .cannotListenOnSocket(let path, let reason):
            "cannot listen on the unix domain socket \"\(path)\": \(reason)."
        case .unusableTLSFile(let path, let reason):
            "cannot use \"\(path)\" for TLS: \(reason). It must be a PEM file that this process can read."
        case .invalidConfiguration(let reason):
            "cannot start the HTTP server: \(reason)."
        }
    }
}
