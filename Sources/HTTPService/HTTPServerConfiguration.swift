public import NIOCore
public import NIOPosix

/// Where an HTTP server listens, how it is protected, and how much it takes.
public struct HTTPServerConfiguration: Sendable {
    /// A certificate and its key, in PEM files.
    public struct TLS: Sendable, Hashable {
        /// Path of the certificate chain, the server's own certificate first.
        public var certificateChainPath: String

        /// Path of the private key.
        public var privateKeyPath: String

        /// A server that identifies itself by the given files, which are read when it starts.
        public init(certificateChainPath: String, privateKeyPath: String) {
            self.certificateChainPath = certificateChainPath
            self.privateKeyPath = privateKeyPath
        }
    }

    /// A name or an address, IPv4 or IPv6 (with or without brackets).
    public var host: String

    /// 0 takes any free port: see `HTTPServer.port`.
    public var port: Int

    /// A unix domain socket to listen on, absolute, in place of host and port; any program of this machine may connect.
    public var unixSocketPath: String?

    /// Without it the server speaks plain HTTP, and only on a loopback address unless `allowInsecure` is set.
    public var tls: TLS?

    /// Listen without TLS where other machines can connect.
    public var allowInsecure: Bool

    /// Origins, such as `http://10.0.0.1:5050`, whose pages may ask this server from a browser and read its answers; no others may.
    public var allowedOrigins: Set<String> = []

    /// What a client may cost.
    public var limits: HTTPLimits

    /// The threads that serve connections. It outlives the server and is not shut down with it.
    public var eventLoopGroup: any EventLoopGroup

    /// A server on loopback unless told otherwise.
    public init(
        host: String = "127.0.0.1",
        port: Int,
        tls: TLS? = nil,
        allowInsecure: Bool = false,
        limits: HTTPLimits = HTTPLimits(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.allowInsecure = allowInsecure
        self.limits = limits
        self.eventLoopGroup = eventLoopGroup
    }

    /// A server on a unix domain socket. Its folder must exist; a socket that a former process left there is replaced.
    public init(unixSocketPath: String) {
        self.init(port: 0)
        self.unixSocketPath = unixSocketPath
    }
}
