import Logging
import NIOCore
import NIOHTTP1

/// One client's connection: requests in, answers out in the same order, each within its limits.
///
/// It stands behind NIO's HTTP decoder and writes answers itself, head and body in one buffer. It is confined to its event loop.
/// Requests that a client pipelines are handed to their handlers as they come; their answers wait for each other here.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the next bytes of the client belong to.
    enum Input {
        /// No request has begun.
        case idle
        /// A head has begun.
        case head
        /// The head of `partial` is complete.
        case body
        /// The last request of this connection was taken or refused: what follows is dropped.
        case ignored
    }

    let worker: EventLoopWorker
    let shared: HTTPServerContext

    var channelContext: ChannelHandlerContext?
    var peerAddress: SocketAddress?

    var input = Input.idle
    var partial: PartialRequest?
    /// Where the body goes that is being received, if it is handed on as it comes.
    var bodyStream: HTTPBodyStream?
    var exchanges = CircularBuffer<Exchange>(initialCapacity: 2)
    /// The number of the first of `exchanges`; numbers count up through the connection's life.
    var firstExchange = 0

    /// Answers that were written but not yet handed to the channel.
    var outgoing = ByteBuffer()
    var needsFlush = false
    var isInsideRead = false
    var sawRequestPart = false
    var isReadWanted = false

    /// The first of `exchanges` is a stream that has begun.
    var isStreaming = false
    /// The client will send no more.
    var isInputClosed = false
    /// The server shuts down: each exchange that is left may be the last.
    var isEnding = false
    /// The client is still sending a body that was refused.
    var isDiscardingBody = false
    /// The last answer is in `outgoing`.
    var closesAfterFlush = false
    /// The last answer is with the client, which is given time to read it.
    var isLingering = false

    /// When the request that is being received, or the next one, must be there.
    var receiveDeadline: NIODeadline?
    /// When the client must have read some of what waits for it.
    var sendDeadline: NIODeadline?
    /// When a connection that ends is closed at last.
    var closeDeadline: NIODeadline?
    var unsentBytes = 0

    init(worker: EventLoopWorker) {
        self.worker = worker
        self.shared = worker.context
    }

    var limits: HTTPLimits { shared.limits }

    /// A reference that other threads may hold, though only this event loop may use it.
    var reference: NIOLoopBound<HTTPConnection> {
        NIOLoopBound(self, eventLoop: worker.eventLoop)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        channelContext = context
        peerAddress = context.remoteAddress
        receiveDeadline = .now() + TimeAmount(limits.headTimeout)
        worker.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    /// Lets go of everything. Streams learn here that their client is gone.
    private func end() {
        guard channelContext != nil else { return }
        channelContext = nil
        worker.remove(self)
        let ended = exchanges
        exchanges.removeAll()
        partial = nil
        bodyStream?.fail()
        bodyStream = nil
        outgoing = ByteBuffer()
        for case .streaming(let stream, _, _) in ended.map(\.state) {
            stream.connectionEnded()
        }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isInsideRead = true
        sawRequestPart = true
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head)
        case .body(let bytes): receive(bytes)
        case .end: receiveEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInsideRead = false
        if !sawRequestPart, input == .idle {
            input = .head
            receiveDeadline = .now() + TimeAmount(limits.headTimeout)
        }
        sawRequestPart = false
        flush()
        context.fireChannelReadComplete()
    }

    /// Reading waits while the client owes us the reading of answers; the kernel then makes the client wait.
    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            isReadWanted = true
        }
    }

    private var mayRead: Bool {
        if isLingering { return true }
        guard input != .ignored, !isStreaming, exchanges.count < limits.pipelinedRequests else { return false }
        if let bodyStream, !bodyStream.takesMore { return false }
        return channelContext?.channel.isWritable ?? false
    }

    func resumeReading() {
        guard isReadWanted, mayRead else { return }
        isReadWanted = false
        channelContext?.read()
    }

    // MARK: Events

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            inputClosed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if !closesAfterFlush { sendDeadline = nil }
            resumeReading()
        } else if !isStreaming {
            expectReading()
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let broken = error as? HTTPParserError else {
            shared.logger.debug("connection failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
            return closeNow()
        }
        guard input != .ignored, !isLingering else { return }
        if broken == .headerOverflow {
            refuse(
                431,
                "The request's target and header fields are too large: at most \(limits.headBytes) bytes and \(limits.headerFields) fields are taken."
            )
        } else {
            refuse(400, "This is not a valid HTTP/1.1 request: \(broken).")
        }
    }

    /// The client's address, for the log.
    var peer: String { peerAddress?.description ?? "unknown" }
}
