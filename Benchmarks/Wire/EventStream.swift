import MesosAPI
import NIOCore
import NIOHTTP1

/// The events that follow a SUBSCRIBE. All of it happens on the connection's event loop.
final class EventStream: ChannelInboundHandler, @unchecked Sendable {
    // Unchecked because the compiler cannot know that it is only touched on its event loop.
    typealias InboundIn = HTTPClientResponsePart

    /// The stream's name, once its head has come.
    private(set) var id = ""
    private var records = RecordIODecoder(maximumRecordLength: 64 << 20)
    private let handle: ([UInt8]) throws -> Void
    private let fail: (any Error) -> Void

    private init(_ handle: @escaping ([UInt8]) throws -> Void, _ fail: @escaping (any Error) -> Void) {
        self.handle = handle
        self.fail = fail
    }

    /// Subscribes. `handle` gets every record, `fail` why there are no more.
    static func open(
        on loop: any EventLoop,
        port: Int,
        from address: String = "127.0.0.1",
        _ path: String,
        _ body: [UInt8],
        handle: @escaping ([UInt8]) throws -> Void,
        fail: @escaping (any Error) -> Void
    ) -> EventLoopFuture<EventStream> {
        let stream = EventStream(handle, fail)
        return connect(on: loop, port: port, from: address, stream).map { channel in
            Request(path, body).write(to: channel)
            return stream
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            switch unwrapInboundIn(data) {
            case .head(let head):
                guard head.status == .ok else { throw OperatorClient.Refused(status: head.status.code, text: "SUBSCRIBE") }
                id = head.headers.first(name: "Mesos-Stream-Id") ?? ""
            case .body(let chunk):
                records.append(chunk.readableBytesView)
                while let record = try records.next() { try handle(record) }
            case .end: throw ChannelError.eof
            }
        } catch {
            fail(error)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
    }
}
