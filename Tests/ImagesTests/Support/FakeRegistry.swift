import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server that answers whatever a test wants: for the answers that no honest registry gives.
final class FakeRegistry: Sendable {
    struct Request: Sendable {
        let path: String
        let headers: [String: String]
    }

    enum Answer: Sendable {
        case response(status: Int, headers: [String: String] = [:], body: [UInt8])
        /// Bytes as they are, then the connection is closed.
        case raw([UInt8])
        /// A head, and then a body that never ends.
        case endless(head: String)
        /// A head, and then one byte every 20 milliseconds.
        case drip(head: String)
        /// Nothing, ever.
        case silence
    }

    let address: String
    private let channel: any Channel
    private let seen: SeenRequests

    /// What was asked, in order.
    var requests: [Request] { seen.requests.withLock { $0 } }

    private final class SeenRequests: Sendable {
        let requests = Mutex<[Request]>([])
    }

    init(_ answer: @escaping @Sendable (Request) -> Answer) async throws {
        let seen = SeenRequests()
        self.seen = seen
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        FakeRegistryHandler { request in
                            seen.requests.withLock { $0.append(request) }
                            return answer(request)
                        }
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        address = "127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    func stop() async {
        try? await channel.close()
    }

    func count(_ path: String) -> Int { requests.count { $0.path == path } }
}

func withFakeRegistry<Value>(
    _ answer: @escaping @Sendable (FakeRegistry.Request) -> FakeRegistry.Answer,
    _ body: (FakeRegistry) async throws -> Value
) async throws -> Value {
    let registry = try await FakeRegistry(answer)
    do {
        let value = try await body(registry)
        await registry.stop()
        return value
    } catch {
        await registry.stop()
        throw error
    }
}

/// Reads heads of requests without bodies and writes what the test says.
private final class FakeRegistryHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable (FakeRegistry.Request) -> FakeRegistry.Answer
    private var received = ""
    private var isEndless = false

    init(_ answer: @escaping @Sendable (FakeRegistry.Request) -> FakeRegistry.Answer) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        while let end = received.range(of: "\r\n\r\n") {
            let head = received[..<end.lowerBound]
            received = String(received[end.upperBound...])
            reply(to: Self.parse(head), context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeEndlessly(context)
    }

    private func reply(to request: FakeRegistry.Request, _ context: ChannelHandlerContext) {
        switch answer(request) {
        case .silence: return
        case .raw(let bytes):
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in context.value.close(promise: nil) }
        case .endless(let head):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
            isEndless = true
            writeEndlessly(context)
        case .drip(let head):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
            let channel = context.channel
            context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { task in
                guard channel.isActive else { return task.cancel() }
                channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
            }
        case .response(let status, let headers, let body):
            var head = "HTTP/1.1 \(status) Status\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            if headers["Content-Length"] == nil { head += "Content-Length: \(body.count)\r\n" }
            var buffer = ByteBuffer(string: head + "\r\n")
            buffer.writeBytes(body)
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
    }

    private func writeEndlessly(_ context: ChannelHandlerContext) {
        let block = ByteBuffer(repeating: 0x20, count: 64 << 10)
        while isEndless, context.channel.isWritable, context.channel.isActive {
            context.writeAndFlush(wrapOutboundOut(block), promise: nil)
        }
    }

    private static func parse(_ head: Substring) -> FakeRegistry.Request {
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return FakeRegistry.Request(path: words.count > 1 ? String(words[1]) : "", headers: headers)
    }
}
