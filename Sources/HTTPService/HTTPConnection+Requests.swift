import Logging
import NIOCore
import NIOHTTP1

/// A request whose body is not complete.
struct PartialRequest {
    let head: HTTPRequestHead
    let facts: RequestHeadFacts
    var body: ByteBuffer?
    /// The client sends its body only when it is told to.
    var awaitsContinue = false

    var bodyCount: Int { body?.readableBytes ?? 0 }

    /// The first piece is taken as it is: most bodies come in one.
    mutating func append(_ bytes: ByteBuffer) {
        awaitsContinue = false
        guard body != nil else {
            body = bytes
            return
        }
        body?.writeImmutableBuffer(bytes)
    }
}

/// Why a request is not handed to a handler.
private struct RequestRefusal: Error {
    var status: Int
    var message: String
    var headers: [(String, String)] = []
}

extension HTTPConnection {
    // MARK: Parts of a request

    func receive(_ head: HTTPRequestHead) {
        guard input != .ignored else { return }
        guard exchanges.count < limits.pipelinedRequests + Self.requestsOfOneRead else {
            shared.logger.info("client pipelines too many requests, connection closed", metadata: ["peer": "\(peer)"])
            return closeNow()
        }
        let facts = RequestHeadFacts(head)
        partial = PartialRequest(head: head, facts: facts)
        input = .body
        receiveDeadline = .now() + TimeAmount(limits.bodyTimeout)
        do {
            try checkHost(head, facts)
            if try beginStream(head, facts) { return }
            try checkLength(facts)
            guard let expectation = facts.expectation, head.version.minor > 0 else { return }
            try check(expectation, of: head)
            partial?.awaitsContinue = true
            continueIfAwaited()
        } catch {
            isDiscardingBody = facts.expectation == nil && (facts.isChunked || facts.contentLength ?? 0 > 0)
            refuse(error.status, error.message, headers: error.headers)
        }
    }

    func receive(_ bytes: ByteBuffer) {
        if let bodyStream { return bodyStream.append(bytes) }
        guard let received = partial?.bodyCount else { return }
        guard received + bytes.readableBytes <= limits.bodyBytes else {
            let refusal = bodyTooLarge
            isDiscardingBody = true
            return refuse(refusal.status, refusal.message)
        }
        partial?.append(bytes)
    }

    func receiveEnd() {
        if bodyStream != nil { return endStream() }
        guard let complete = partial else { return refusedBodyEnded() }
        partial = nil
        receiveDeadline = nil
        let (facts, exchange) = addExchange(of: complete)
        input = facts.keepsAlive ? .idle : .ignored
        if let answer = preflight(complete, facts) { return self.answer(exchange, answer) }
        do {
            let (request, handler) = try route(complete)
            handler(request, HTTPResponder(reference, worker, exchange: exchange, request: facts))
        } catch {
            answer(exchange, .text(error.status, error.message, headers: error.headers))
        }
    }

    /// Reading has stopped when this matters; what was read before, or comes with a closing client's last bytes, still arrives.
    private static let requestsOfOneRead = 4096

    // MARK: Refusals of the connection itself

    /// Answers what is being received, drops what follows of it, and closes the connection.
    func refuse(_ status: Int, _ message: String, headers: [(String, String)] = []) {
        var facts =
            partial.map(exchangeFacts)
            ?? Exchange.RequestFacts(isVersion10: false, isHead: false, keepsAlive: false, acceptsGzip: false)
        facts.keepsAlive = false
        partial = nil
        bodyStream?.fail()
        bodyStream = nil
        receiveDeadline = nil
        input = .ignored
        shared.logger.debug("request refused", metadata: ["peer": "\(peer)", "status": "\(status)", "reason": "\(message)"])
        exchanges.append(Exchange(request: facts, state: .answered(.text(status, message, headers: headers))))
        writeReady()
        if !isInsideRead { flush() }
    }

    private var bodyTooLarge: RequestRefusal {
        RequestRefusal(status: 413, message: "The request's body is too large: at most \(limits.bodyBytes) bytes are taken.")
    }

    private func checkHost(_ head: HTTPRequestHead, _ facts: RequestHeadFacts) throws(RequestRefusal) {
        if head.version.minor > 0, facts.hostCount != 1 {
            throw RequestRefusal(status: 400, message: "An HTTP/1.1 request has exactly one Host field; this one has \(facts.hostCount).")
        }
    }

    private func checkLength(_ facts: RequestHeadFacts) throws(RequestRefusal) {
        if let length = facts.contentLength, length > limits.bodyBytes {
            throw bodyTooLarge
        }
    }

    /// A client that asks before it sends its body hears at once if there is no use in sending it (RFC 9110, section 10.1.1).
    private func check(_ expectation: String, of head: HTTPRequestHead) throws(RequestRefusal) {
        guard expectation.lowercased() == "100-continue" else {
            throw RequestRefusal(status: 417, message: "The only expectation known here is 100-continue, not \"\(expectation)\".")
        }
        let target = try parse(head.uri)
        _ = try handler(for: HTTPRequest.Method(head.method.rawValue), target.path)
    }

    /// Tells the client to send its body, once the answers before it are written.
    func continueIfAwaited() {
        guard exchanges.isEmpty, partial?.awaitsContinue == true else { return }
        partial?.awaitsContinue = false
        outgoing.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        needsFlush = true
    }

    // MARK: Bodies that are handed on

    /// Hands a request to its handler whose body is taken as it comes. Its client may be silent as long as it likes.
    private func beginStream(_ head: HTTPRequestHead, _ facts: RequestHeadFacts) throws(RequestRefusal) -> Bool {
        let target = try parse(head.uri)
        let contentType = head.headers.first(name: "Content-Type")
        guard let complete = partial, facts.contentEncoding == nil,
            let handler = shared.router.streamHandler(HTTPRequest.Method(head.method.rawValue), target.path, contentType: contentType)
        else { return false }
        if facts.expectation != nil {
            partial?.awaitsContinue = true
            continueIfAwaited()
        }
        partial = nil
        receiveDeadline = nil
        let (requestFacts, exchange) = addExchange(of: complete)
        let stream = HTTPBodyStream(reference, worker)
        bodyStream = stream
        handler(
            request(complete, target, body: ByteBuffer()),
            stream,
            HTTPResponder(reference, worker, exchange: exchange, request: requestFacts)
        )
        return true
    }

    private func endStream() {
        bodyStream?.finish()
        bodyStream = nil
        input = exchanges.last?.request.keepsAlive == true ? .idle : .ignored
    }

    /// The answer was given before the body was whole: the rest of it is nobody's.
    func abandonStream() {
        bodyStream?.fail()
        bodyStream = nil
        isDiscardingBody = true
    }

    // MARK: From the wire's form to the handler's

    private func addExchange(of request: PartialRequest) -> (Exchange.RequestFacts, number: Int) {
        let facts = exchangeFacts(of: request)
        exchanges.append(Exchange(request: facts, state: .waiting))
        return (facts, firstExchange + exchanges.count - 1)
    }

    private func exchangeFacts(of request: PartialRequest) -> Exchange.RequestFacts {
        Exchange.RequestFacts(
            isVersion10: request.head.version.minor == 0,
            isHead: request.head.method == .HEAD,
            keepsAlive: request.head.isKeepAlive && !request.facts.wantsUpgrade,
            acceptsGzip: request.facts.acceptsGzip,
            allowedOrigin: request.facts.origin.flatMap { shared.allowedOrigins.contains($0) ? $0 : nil },
            trace: shared.logger.logLevel <= .debug ? RequestTrace(request.head) : nil
        )
    }

    /// A browser asks whether a page may send a request.
    private func preflight(_ complete: PartialRequest, _ facts: Exchange.RequestFacts) -> HTTPResponse? {
        guard facts.allowedOrigin != nil, let target = try? parse(complete.head.uri) else { return nil }
        return CrossOrigin.answer(to: complete.head, methods: shared.router.allowedMethods(of: target.path))
    }

    private func route(_ complete: PartialRequest) throws(RequestRefusal) -> (HTTPRequest, Router.Handler) {
        let target = try parse(complete.head.uri)
        let method = HTTPRequest.Method(complete.head.method.rawValue)
        let (handler, remainder) = try handler(for: method, target.path)
        var request = request(complete, target, body: try decodedBody(complete))
        request.pathRemainder = remainder
        return (request, handler)
    }

    private func request(_ partial: PartialRequest, _ target: RequestTarget, body: ByteBuffer) -> HTTPRequest {
        HTTPRequest(
            method: HTTPRequest.Method(partial.head.method.rawValue),
            path: target.path,
            target: partial.head.uri,
            query: target.query,
            headers: HTTPFields(partial.head.headers),
            body: body,
            peerAddress: peerAddress
        )
    }

    private func parse(_ target: String) throws(RequestRefusal) -> RequestTarget {
        do {
            return try RequestTarget(parsing: target)
        } catch {
            throw RequestRefusal(status: 400, message: "Bad request: \(error.reason).")
        }
    }

    private func handler(for method: HTTPRequest.Method, _ path: String) throws(RequestRefusal) -> (Router.Handler, String) {
        switch shared.router.match(method, path) {
        case .handler(let handler, let remainder):
            return (handler, remainder)
        case .methodNotAllowed(let allowed):
            throw RequestRefusal(status: 405, message: "\(path) takes \(allowed), not \(method).", headers: [("Allow", allowed)])
        case .notFound:
            throw RequestRefusal(status: 404, message: "There is nothing at \(path).")
        }
    }

    private func decodedBody(_ request: PartialRequest) throws(RequestRefusal) -> ByteBuffer {
        let body = request.body ?? ByteBuffer()
        guard let coding = request.facts.contentEncoding?.lowercased(), coding != "identity", body.readableBytes > 0 else { return body }
        guard coding == "gzip" || coding == "x-gzip" else {
            let message = "Content-Encoding \"\(coding)\" is not understood; send gzip, or the body as it is."
            throw RequestRefusal(status: 415, message: message, headers: [("Accept-Encoding", "gzip")])
        }
        do {
            return try Gzip.decompress(body, limit: limits.inflatedBodyBytes)
        } catch .tooLarge {
            let message = "The request's body is too large once decompressed: at most \(limits.inflatedBodyBytes) bytes are taken."
            throw RequestRefusal(status: 413, message: message)
        } catch {
            throw RequestRefusal(status: 400, message: "The request's body is not valid gzip: \(error).")
        }
    }
}
