import Logging
import NIOCore

extension HTTPConnection {
    // MARK: From responders

    /// Takes the answer of an exchange and writes what is ready. An answer whose client is gone is dropped.
    func answer(_ exchange: Int, _ response: HTTPResponse) {
        guard let index = index(of: exchange) else { return }
        exchanges[index].state = .answered(response)
        writeReady()
    }

    /// Takes a stream as the answer of an exchange.
    func open(_ stream: HTTPStream, _ exchange: Int, headers: [(String, String)]) {
        guard let index = index(of: exchange), !isInputClosed else {
            stream.connectionEnded()
            return closeNow()
        }
        exchanges[index].state = .streaming(stream, headers: headers, begun: false)
        writeReady()
        if isEnding { stream.finish() }
    }

    /// Writes what a stream has collected, if it is its turn.
    func pump(_ stream: HTTPStream) {
        guard channelContext != nil else { return }
        if stream.isCutOff {
            shared.logger.warning(
                "slow reader of a stream cut off",
                metadata: ["peer": "\(peer)", "maximumBufferedBytes": "\(stream.maximumBufferedBytes)"]
            )
            return closeNow()
        }
        guard isStreaming, case .streaming(let current, _, _) = exchanges.first?.state, current === stream else { return }
        writeReady()
    }

    private func index(of exchange: Int) -> CircularBuffer<Exchange>.Index? {
        let offset = exchange - firstExchange
        guard channelContext != nil, offset >= 0, offset < exchanges.count else { return nil }
        return exchanges.index(exchanges.startIndex, offsetBy: offset)
    }

    // MARK: Writing

    /// Writes answers from the first on, up to one that is not there yet or a stream that goes on.
    func writeReady() {
        while let exchange = exchanges.first, !closesAfterFlush {
            switch exchange.state {
            case .waiting:
                return
            case .answered(let response):
                write(response, exchange.request)
                log(exchange.request.trace, response.status)
            case .streaming(let stream, let headers, let begun):
                guard writeStream(stream, headers, begun: begun, exchange.request) else { return }
                log(exchange.request.trace, 200)
            }
            exchangeEnded()
        }
        continueIfAwaited()
        resumeReading()
    }

    private func log(_ trace: RequestTrace?, _ status: Int) {
        guard let trace else { return }
        let facts: Logger.Metadata = ["peer": "\(peer)", "status": "\(status)", "milliseconds": "\(trace.milliseconds)"]
        shared.logger.debug("\(trace.line)", metadata: facts)
    }

    private func exchangeEnded() {
        let closes = exchanges.first.map { closesAfter($0.request) } ?? true
        if bodyStream != nil, exchanges.count == 1 { abandonStream() }
        isStreaming = false
        exchanges.removeFirst()
        firstExchange += 1
        if closes {
            closesAfterFlush = true
            needsFlush = true
            input = .ignored
        } else if exchanges.isEmpty, input == .idle {
            receiveDeadline = .now() + TimeAmount(limits.idleTimeout)
        }
    }

    /// Whether the connection ends with the answer to `request`, the first of the exchanges.
    private func closesAfter(_ request: Exchange.RequestFacts) -> Bool {
        !request.keepsAlive || (exchanges.count == 1 && (isEnding || isInputClosed || bodyStream != nil))
    }

    private func write(_ response: HTTPResponse, _ request: Exchange.RequestFacts) {
        let mayHaveBody = HTTPResponse.mayHaveBody(response.status)
        outgoing.writeResponseHead(
            status: response.status,
            headers: response.headers,
            framing: mayHaveBody ? .length(response.body.count) : .noBody,
            date: worker.date,
            request: request,
            closes: closesAfter(request)
        )
        needsFlush = true
        guard mayHaveBody, !request.isHead else { return }
        switch response.body {
        case .none: break
        case .bytes(let bytes): outgoing.writeBytes(bytes)
        case .buffer(let buffer) where buffer.readableBytes <= Self.copiedBodyBytes: outgoing.writeImmutableBuffer(buffer)
        case .buffer(let buffer): write(buffer, promise: nil)
        }
    }

    /// Returns whether the stream is over.
    private func writeStream(
        _ stream: HTTPStream,
        _ headers: [(String, String)],
        begun: Bool,
        _ request: Exchange.RequestFacts
    ) -> Bool {
        if !begun {
            isStreaming = true
            sendDeadline = nil
            exchanges[exchanges.startIndex].state = .streaming(stream, headers: headers, begun: true)
            exchanges[exchanges.startIndex].request.keepsAlive = request.keepsAlive && !request.isVersion10
            outgoing.writeResponseHead(
                status: 200,
                headers: headers,
                framing: request.isVersion10 ? .untilClose : .chunked,
                date: worker.date,
                request: request,
                closes: closesAfter(request) || request.isVersion10
            )
            needsFlush = true
        }
        let (bytes, isOver) = stream.takePending()
        if let bytes, !request.isHead {
            write(bytes, promise: writtenPromise(stream, bytes.readableBytes))
        }
        guard isOver || request.isHead else { return false }
        stream.connectionEnded()
        return true
    }

    private func writtenPromise(_ stream: HTTPStream, _ count: Int) -> EventLoopPromise<Void> {
        let promise = worker.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in stream.wasWritten(count) }
        return promise
    }

    private func write(_ buffer: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let channelContext else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        if outgoing.readableBytes > 0 {
            channelContext.write(wrapOutboundOut(outgoing), promise: nil)
            outgoing = ByteBuffer()
        }
        channelContext.write(wrapOutboundOut(buffer), promise: promise)
        needsFlush = true
    }

    /// Hands everything that was written to the kernel, in one go.
    func flush() {
        guard needsFlush, let channelContext else { return }
        needsFlush = false
        guard !closesAfterFlush else { return flushLast(channelContext) }
        guard outgoing.readableBytes > 0 else { return channelContext.flush() }
        channelContext.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
        // Written at once, as it nearly always is, the buffer is ours alone again and is used for the next answer.
        if outgoing.capacity <= Self.keptBufferBytes { outgoing.clear() } else { outgoing = ByteBuffer() }
    }

    /// For answers that are given on the event loop: those given while requests are being read are flushed together after it.
    func flushUnlessReading() {
        if !isInsideRead { flush() }
    }

    private func flushLast(_ context: ChannelHandlerContext) {
        let promise = worker.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.lastAnswerWritten() }
        let last = outgoing
        outgoing = ByteBuffer()
        closeDeadline = nil
        expectReading()
        context.writeAndFlush(wrapOutboundOut(last), promise: promise)
    }

    /// A body up to this size is copied behind its head: cheaper than a second write.
    private static let copiedBodyBytes = 16 * 1024

    /// What a connection keeps for its next answer.
    private static let keptBufferBytes = 4 * 1024
}
