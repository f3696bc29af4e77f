public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A listening HTTP/1.1 server.
///
/// Stop it by `shutdown()`; a server that is merely forgotten goes on.
public final class HTTPServer: Sendable {
    /// The port it listens on: the configured one, or the one that the kernel chose for 0.
    public let port: Int

    /// The address it listens on, without the port.
    public let address: String

    private let channel: any Channel
    private let context: HTTPServerContext
    private let workers: [EventLoopWorker]
    private let socket: UnixSocket?

    private init(_ channel: any Channel, _ context: HTTPServerContext, _ workers: [EventLoopWorker], _ socket: UnixSocket?) {
        self.socket = socket
        self.channel = channel
        self.context = context
        self.workers = workers
        self.port = channel.localAddress?.port ?? 0
        self.address = channel.localAddress?.ipAddress ?? ""
    }

    /// Listens, and answers requests by the router's handlers from now on.
    ///
    /// - Throws: why it cannot listen, and what to do.
    public static func start(
        _ configuration: HTTPServerConfiguration,
        router: Router,
        logger: Logger
    ) async throws(HTTPServiceError) -> HTTPServer {
        if let problem = configuration.limits.problem {
            throw .invalidConfiguration(problem)
        }
        var socket: UnixSocket?
        if let path = configuration.unixSocketPath { socket = try UnixSocket(path) }
        let address: SocketAddress
        if let socket { address = socket.address } else { address = try await ListenAddress.resolve(configuration) }
        var tls: NIOSSLContext?
        if let files = configuration.tls { tls = try TLSContext.load(files) }
        let context = HTTPServerContext(
            limits: configuration.limits,
            router: router,
            allowedOrigins: configuration.allowedOrigins,
            logger: logger
        )
        var workers: [EventLoopWorker] = []
        for eventLoop in configuration.eventLoopGroup.makeIterator() {
            workers.append(EventLoopWorker(eventLoop: eventLoop, context: context))
        }
        let bootstrap = HTTPServerBootstrap(group: configuration.eventLoopGroup, context: context, workers: workers, tls: tls)
        do {
            let channel = try await bootstrap.bind(to: address)
            socket?.admitEverybody()
            return HTTPServer(channel, context, workers, socket)
        } catch {
            if let path = configuration.unixSocketPath { throw .cannotListenOnSocket(path: path, reason: "\(error)") }
            throw HTTPServiceError(bindingFailed: error, host: configuration.host, port: configuration.port)
        }
    }

    /// Stops listening, lets requests and streams end, and closes their connections at the latest after `shutdownTimeout`.
    ///
    /// When it returns, the port is free and no connection is open. More than once is as once.
    public func shutdown() async {
        try? await channel.close().get()
        socket?.remove()
        for worker in workers { worker.shutDown(force: false) }
        let force = channel.eventLoop.scheduleTask(in: TimeAmount(context.limits.shutdownTimeout)) { [workers] in
            for worker in workers { worker.shutDown(force: true) }
        }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        context.whenNoConnectionIsLeft(promise)
        try? await promise.futureResult.get()
        force.cancel()
    }
}

extension HTTPServiceError {
    /// A failed bind, in terms of what its caller can change.
    init(bindingFailed error: any Error, host: String, port: Int) {
        guard let failure = error as? IOError else {
            self = .cannotListen(host: host, port: port, reason: "\(error)")
            return
        }
        switch failure.errnoCode {
        case EADDRINUSE:
            self = .addressInUse(host: host, port: port)
        case EADDRNOTAVAIL:
            self = .unknownHost(host: host, reason: "no network interface of this machine has this address")
        case EACCES:
            self = .cannotListen(host: host, port: port, reason: "not permitted; ports below 1024 need root or CAP_NET_BIND_SERVICE")
        default:
            self = .cannotListen(host: host, port: port, reason: "\(failure)")
        }
    }
}
