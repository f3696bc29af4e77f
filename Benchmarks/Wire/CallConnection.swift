import DequeModule
import NIOCore
import NIOHTTP1
import NIOPosix

/// A kept connection to the master for calls, one after the other: as cheap as a client can be, so that what is measured
/// is the server. All of it happens on the connection's event loop.
final class CallConnection: @unchecked Sendable {
    // Unchecked because the compiler cannot know that it is only touched on its event loop.
    private let channel: any Channel
    private let answers: Answers

    private init(_ channel: any Channel, _ answers: Answers) {
        self.channel = channel
        self.answers = answers
    }

    /// Connects to a port of the loopback address.
    static func open(on loop: any EventLoop, port: Int, from address: String = "127.0.0.1") -> EventLoopFuture<CallConnection> {
        let answers = Answers()
        return connect(on: loop, port: port, from: address, answers).map { CallConnection($0, answers) }
    }

    /// POSTs protobuf; the status of the answer. Calls that come before it go first.
    func post(_ path: String, _ body: [UInt8], stream: String?) -> EventLoopFuture<UInt> {
        let promise = channel.eventLoop.makePromise(of: UInt.self)
        let request = Request(path, body, stream: stream)
        if channel.eventLoop.inEventLoop {
            answers.post(request, promise)
        } else {
            channel.eventLoop.execute { [answers] in answers.post(request, promise) }
        }
        return promise.futureResult
    }
}

/// Sends what waits, and hands out the answers.
private final class Answers: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart

    private var waiting: Deque<(Request, EventLoopPromise<UInt>)> = []
    private var current: EventLoopPromise<UInt>?
    private var status: UInt = 0
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func post(_ request: Request, _ promise: EventLoopPromise<UInt>) {
        waiting.append((request, promise))
        if current == nil { sendNext() }
    }

    private func sendNext() {
        guard let (request, promise) = waiting.popFirst() else { return }
        guard let context else { return promise.fail(ChannelError.ioOnClosedChannel) }
        current = promise
        request.write(to: context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status.code
        case .body: break
        case .end:
            let promise = current
            current = nil
            promise?.succeed(status)
            sendNext()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        current?.fail(ChannelError.eof)
        current = nil
        while let (_, promise) = waiting.popFirst() { promise.fail(ChannelError.eof) }
    }
}

/// A POST of protobuf that wants protobuf.
struct Request: Sendable {
    private let head: HTTPRequestHead
    private let body: [UInt8]

    init(_ path: String, _ body: [UInt8], stream: String? = nil) {
        var headers: HTTPHeaders = [
            "Host": "127.0.0.1", "Content-Type": "application/x-protobuf", "Accept": "application/x-protobuf",
            "Content-Length": "\(body.count)",
        ]
        if let stream { headers.add(name: "Mesos-Stream-Id", value: stream) }
        head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path, headers: headers)
        self.body = body
    }

    func write(to channel: any Channel) {
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(channel.allocator.buffer(bytes: body))), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }
}

/// Connects to a port of the loopback address; answers go to the handler.
func connect(
    on loop: any EventLoop,
    port: Int,
    from address: String,
    _ handler: any ChannelInboundHandler & Sendable
) -> EventLoopFuture<any Channel> {
    ClientBootstrap(group: loop)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        .bind(to: SocketAddress.loopback(address))
        .connect(host: "127.0.0.1", port: port)
}

extension SocketAddress {
    /// Any free port of an address that is written in the code.
    fileprivate static func loopback(_ address: String) -> SocketAddress {
        do { return try SocketAddress(ipAddress: address, port: 0) } catch { fatalError("\(address): \(error)") }
    }
}
