public import MesosAPI
public import SwiftProtobuf

extension Router {
    /// Takes calls of the v1 API at each of `paths`: POSTed messages, in JSON or protobuf.
    ///
    /// A body that is no such message is refused here: 400 without `Content-Type` or with a field that is wrong or missing,
    /// 415 for other media types, 405 for other methods. What the call means is the handler's affair.
    ///
    /// - Parameters:
    ///   - paths: as for `on(_:paths:handler:)`.
    ///   - type: the message that a body holds.
    ///   - handler: called on an event loop with the call and the way to answer it; it must not block.
    public mutating func onCall<Call: Message>(
        _ paths: [String],
        _ type: Call.Type,
        handler: @escaping @Sendable (Call, CallResponder) -> Void
    ) {
        on(.post, paths: paths) { request, responder in
            let responder = CallResponder(request: request, responder: responder)
            do throws(Refusal) {
                handler(try responder.decode(type), responder)
            } catch {
                responder.refuse(error)
            }
        }
    }
}

/// The way to answer one call: with a status, a message, or a stream of events.
public struct CallResponder: Sendable {
    /// For a request that was not taken by ``Router/onCall(_:_:handler:)``.
    public init(request: HTTPRequest, responder: HTTPResponder) {
        self.request = request
        self.responder = responder
    }

    /// The request that carried the call.
    public let request: HTTPRequest

    /// For answers that are no messages.
    public let responder: HTTPResponder

    private var negotiated: CallHeaders {
        CallHeaders(
            contentType: request.headers["Content-Type"],
            accept: request.headers.joined("Accept"),
            messageContentType: request.headers["Message-Content-Type"],
            messageAccept: request.headers["Message-Accept"]
        )
    }

    /// The call in the body; it may be none (400), or of another media type (415).
    public func decode<Call: Message>(_ type: Call.Type) throws(Refusal) -> Call {
        let encoding = try Negotiation.bodyEncoding(negotiated)
        do {
            return try encoding.decode(type, from: request.bodyBytes)
        } catch {
            throw Refusal(400, "the body is not a valid \(Call.protoMessageName): \(error)")
        }
    }

    /// How the client wants the message that answers its call; it may want none that we have (406).
    public func answerEncoding() throws(Refusal) -> MessageEncoding {
        try Negotiation.answerEncoding(negotiated)
    }

    /// How the client wants the events of the stream that answers its call; it may want none that we have (406).
    public func eventEncoding() throws(Refusal) -> MessageEncoding {
        try Negotiation.eventEncoding(negotiated)
    }

    /// How the client wants the stream that answers its call, as Mesos's agents have it; it may want none that we have (406).
    public func answerStream() throws(Refusal) -> AnswerStream {
        try Negotiation.answerStream(negotiated)
    }

    /// How the records of the body are written, if it is a stream of records.
    public func bodyStreamEncoding() throws(Refusal) -> MessageEncoding? {
        try Negotiation.bodyStreamEncoding(negotiated)
    }

    /// Answers 202: the call was taken.
    public func accept() {
        responder.respond(202)
    }

    /// Answers with a message.
    public func respond(_ message: some Message, _ encoding: MessageEncoding, status: Int = 200) {
        responder.respond(status, headers: [("Content-Type", encoding.mediaType)], body: encoding.encode(message))
    }

    /// Answers with a message in the form that the client wants, or refuses if there is none.
    public func respond(_ message: some Message) {
        do throws(Refusal) {
            respond(message, try answerEncoding())
        } catch {
            refuse(error)
        }
    }

    /// Answers with an error in words.
    public func refuse(_ refusal: Refusal) {
        responder.refuse(refusal.status, refusal.message)
    }

    /// Answers with an error in words.
    public func refuse(_ status: Int, _ message: String) {
        responder.refuse(status, message)
    }

    /// Answers with a stream of events in the form that ``answerStream()`` gave; otherwise as the method below.
    public func stream<Event: Message>(
        of type: Event.Type,
        _ form: AnswerStream,
        headers: [(String, String)] = [],
        maximumBufferedBytes: Int,
        onClose: @escaping @Sendable () -> Void
    ) -> EventStream<Event> {
        let headers =
            [("Content-Type", form.contentType)] + (form.messageContentType.map { [("Message-Content-Type", $0)] } ?? []) + headers
        let stream = responder.stream(headers: headers, maximumBufferedBytes: maximumBufferedBytes, onClose: onClose)
        return EventStream(stream, form.encoding)
    }

    /// Answers with a stream of events.
    ///
    /// - Parameters:
    ///   - type: the message of one event.
    ///   - encoding: from `eventEncoding()`.
    ///   - headers: besides `Content-Type`, such as `Mesos-Stream-Id`.
    ///   - maximumBufferedBytes: how much may wait for the client before it is cut off.
    ///   - onClose: called once, on an event loop, when the stream is over. It must not block.
    public func stream<Event: Message>(
        of type: Event.Type,
        _ encoding: MessageEncoding,
        headers: [(String, String)] = [],
        maximumBufferedBytes: Int,
        onClose: @escaping @Sendable () -> Void
    ) -> EventStream<Event> {
        let stream = responder.stream(
            headers: [("Content-Type", encoding.mediaType)] + headers,
            maximumBufferedBytes: maximumBufferedBytes,
            onClose: onClose
        )
        return EventStream(stream, encoding)
    }
}
