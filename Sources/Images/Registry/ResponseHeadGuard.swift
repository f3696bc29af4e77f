package import NIOCore
import NIOHTTP1

/// Cuts off a server that sends and sends without ever saying anything.
///
/// NIO's decoder limits the length of headers, but not the blanks before a header's value or the extension of a chunk: it would
/// keep them all, until they are more than a buffer can hold and the process ends. So one handler counts the bytes that go into
/// the decoder, and another sets the count back whenever something comes out.
package struct ResponseHeadGuard {
    /// Bytes that may go in before something comes out; the decoder's own limit on headers is 2 MiB.
    static let limit = 4 << 20

    /// The server sent more than ``limit`` bytes that mean nothing.
    package struct Exceeded: Error {}

    /// Puts the two handlers around the decoder; on the channel's event loop.
    package static func install(on channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        let count = UndecodedBytes()
        try pipeline.addHandler(InputCounter(count), position: .before(decoder))
        try pipeline.addHandler(OutputObserver(count), position: .after(decoder))
    }

    private final class UndecodedBytes {
        var value = 0
    }

    private final class InputCounter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private let count: UndecodedBytes

        init(_ count: UndecodedBytes) {
            self.count = count
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            count.value += unwrapInboundIn(data).readableBytes
            guard count.value <= limit else {
                context.fireErrorCaught(Exceeded())
                return context.close(promise: nil)
            }
            context.fireChannelRead(data)
        }
    }

    private final class OutputObserver: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias InboundOut = HTTPClientResponsePart

        private let count: UndecodedBytes

        init(_ count: UndecodedBytes) {
            self.count = count
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            count.value = 0
            context.fireChannelRead(data)
        }
    }
}
