import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Builds the listening socket and, for each client, the line of handlers from the socket to `HTTPConnection`.
struct HTTPServerBootstrap: Sendable {
    private let group: any EventLoopGroup
    private let context: HTTPServerContext
    private let workers: [ObjectIdentifier: EventLoopWorker]
    private let tls: NIOSSLContext?

    init(group: any EventLoopGroup, context: HTTPServerContext, workers: [EventLoopWorker], tls: NIOSSLContext?) {
        self.group = group
        self.context = context
        self.workers = Dictionary(workers.map { (ObjectIdentifier($0.eventLoop), $0) }) { first, _ in first }
        self.tls = tls
    }

    func bind(to address: SocketAddress) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.closeOnExec() }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try set(up: channel) }
            }
            .bind(to: address)
            .get()
    }

    /// Clients that wait to be accepted; the kernel lowers it to its own limit, `net.core.somaxconn`.
    private static let backlog: Int32 = 4096

    private func set(up channel: any Channel) throws {
        try channel.closeOnExec()
        guard let worker = workers[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.operationUnsupported }
        guard context.admitConnection() else {
            return try channel.pipeline.syncOperations.addHandler(ConnectionRefusal(limit: context.limits.connections))
        }
        channel.closeFuture.whenComplete { [context] _ in context.connectionEnded() }
        if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits), maximumBufferSize: undecodedBytes),
            HTTPConnection(worker: worker),
        ])
    }

    private var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = context.limits.headBytes
        limits.maxHeaderListSize = context.limits.headBytes
        limits.maxHeaderFieldCount = context.limits.headerFields
        return limits
    }

    /// What the decoder may hold while a head is not complete: a head and the read that breaks its limit.
    private var undecodedBytes: Int { context.limits.headBytes + 256 * 1024 }
}

extension Channel {
    /// Keeps the socket out of programs that this process starts.
    fileprivate func closeOnExec() throws {
        try pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
                throw IOError(errnoCode: errno, reason: "fcntl(F_SETFD)")
            }
        }
    }
}

/// Answers a connection that is one too many.
private final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        let text = "The server has \(limit) open connections, as many as it takes. Try again later.\n"
        let answer = """
            HTTP/1.1 503 Service Unavailable\r
            Content-Type: text/plain\r
            Content-Length: \(text.utf8.count)\r
            Retry-After: 1\r
            Connection: close\r
            \r
            \(text)
            """
        let promise = context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: promise)
    }
}
