import Logging
public import MesosAPI
public import NIOCore
import NIOPosix
import Synchronization

/// The way to answer one request: once, from any thread, at once or much later.
///
/// A responder that is let go without an answer answers 500 by itself, so that no client waits for nothing.
public final class HTTPResponder: Sendable {
    private let connection: NIOLoopBound<HTTPConnection>
    private let worker: EventLoopWorker
    private let exchange: Int
    private let request: Exchange.RequestFacts
    private let isAnswered = Atomic(false)

    init(_ connection: NIOLoopBound<HTTPConnection>, _ worker: EventLoopWorker, exchange: Int, request: Exchange.RequestFacts) {
        self.connection = connection
        self.worker = worker
        self.exchange = exchange
        self.request = request
    }

    deinit {
        guard isAnswered.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        worker.context.logger.error("a request was dropped without an answer")
        send(.text(500, "The server dropped this request without an answer. This is a fault of the server."))
    }

    /// For tasks that are short, never block, and end with the answer.
    public var executor: EventLoopExecutor { worker.executor }

    /// Whether the client takes answers that are compressed by gzip.
    public var acceptsGzip: Bool { request.acceptsGzip }

    /// Answers with a status, header fields and a body. `Content-Length` and the like are added, and gzip if the client accepts it.
    public func respond(_ status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        respond(HTTPResponse(status: status, headers: headers, body: body.isEmpty ? .none : .bytes(body)))
    }

    /// Answers with a body that is already in a buffer.
    public func respond(_ status: Int, headers: [(String, String)] = [], body: ByteBuffer) {
        respond(HTTPResponse(status: status, headers: headers, body: .buffer(body)))
    }

    /// Answers with an error in words, as `text/plain`. The message says what was wrong and what to do.
    public func refuse(_ status: Int, _ message: String, headers: [(String, String)] = []) {
        respond(.text(status, message, headers: headers))
    }

    /// Answers 200 with a stream: chunked, never compressed.
    ///
    /// - Parameters:
    ///   - headers: fields such as `Content-Type`.
    ///   - maximumBufferedBytes: how much may wait for the client before it is cut off.
    ///   - onClose: called once, on an event loop, when the stream is over: the client went or was cut off, the server shuts down,
    ///     or `finish()` has taken effect. It must not block.
    public func stream(
        headers: [(String, String)] = [],
        maximumBufferedBytes: Int,
        onClose: @escaping @Sendable () -> Void
    ) -> HTTPStream {
        let stream = HTTPStream(
            connection: connection,
            worker: worker,
            isChunked: !request.isVersion10,
            maximumBufferedBytes: maximumBufferedBytes,
            onClose: onClose
        )
        guard claim() else {
            stream.connectionEnded()
            return stream
        }
        if worker.eventLoop.inEventLoop {
            connection.value.open(stream, exchange, headers: headers)
            connection.value.flushUnlessReading()
        } else {
            worker.deliver(.openStream(connection, exchange: exchange, stream, headers: headers))
        }
        return stream
    }

    /// Whether this is the first answer. A second one is a fault of the handler, and is dropped.
    private func claim() -> Bool {
        if isAnswered.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged { return true }
        worker.context.logger.error("a request was answered twice, the second answer is dropped")
        return false
    }

    private func respond(_ response: HTTPResponse) {
        guard claim() else { return }
        guard request.acceptsGzip, !request.isHead, response.isWorthCompressing(from: worker.context.limits.compressedAnswerBytes) else {
            return send(response)
        }
        guard worker.eventLoop.inEventLoop, response.body.count > Self.bytesCompressedAtOnce else {
            return send(response.compressed())
        }
        // An event loop serves many connections: a large body is compressed elsewhere.
        let (connection, worker, exchange) = (connection, worker, exchange)
        NIOThreadPool.singleton.submit { _ in
            worker.deliver(.answer(connection, exchange: exchange, response.compressed()))
        }
    }

    private func send(_ response: HTTPResponse) {
        if worker.eventLoop.inEventLoop {
            connection.value.answer(exchange, response)
            connection.value.flushUnlessReading()
        } else {
            worker.deliver(.answer(connection, exchange: exchange, response.prepared()))
        }
    }

    private static let bytesCompressedAtOnce = 16 * 1024
}

extension HTTPResponder: ReplyAddress {}

extension HTTPResponse {
    /// With a large body moved into a buffer by the thread that answers, not by the event loop.
    fileprivate func prepared() -> HTTPResponse {
        guard case .bytes(let bytes) = body, bytes.count > 4096 else { return self }
        return HTTPResponse(status: status, headers: headers, body: .buffer(ByteBuffer(bytes: bytes)))
    }

    fileprivate func isWorthCompressing(from minimum: Int) -> Bool {
        body.count >= minimum && Self.mayHaveBody(status) && firstValue("Content-Encoding") == nil
    }

    /// With its body compressed, or unchanged if that does not make it smaller.
    fileprivate func compressed() -> HTTPResponse {
        let plain =
            switch body {
            case .none: ByteBuffer()
            case .bytes(let bytes): ByteBuffer(bytes: bytes)
            case .buffer(let buffer): buffer
            }
        guard let packed = Gzip.compress(plain), packed.readableBytes < plain.readableBytes else { return self }
        let headers = headers + [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return HTTPResponse(status: status, headers: headers, body: .buffer(packed))
    }
}
