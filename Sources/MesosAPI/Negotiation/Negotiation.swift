/// The headers of a request that say how its body is written and how its answer is to be.
public struct CallHeaders: Sendable {
    /// `Content-Type`.
    public var contentType: String?
    /// `Accept`.
    public var accept: String?
    /// `Message-Content-Type`: how the records of a streamed body are written.
    public var messageContentType: String?
    /// `Message-Accept`: how the records of a streamed answer are to be written.
    public var messageAccept: String?

    /// The headers as they came; nil where one is absent.
    public init(contentType: String? = nil, accept: String? = nil, messageContentType: String? = nil, messageAccept: String? = nil) {
        self.contentType = contentType
        self.accept = accept
        self.messageContentType = messageContentType
        self.messageAccept = messageAccept
    }
}

/// What is said of a streamed answer in its head, and how its records are written.
public struct AnswerStream: Hashable, Sendable {
    /// `Content-Type`.
    public var contentType: String
    /// `Message-Content-Type`; nil where `Content-Type` says it.
    public var messageContentType: String?
    /// How the records are written.
    public var encoding: MessageEncoding
}

/// The rules on media types that all v1 endpoints share, as Mesos has them: what a body may be, what an answer will be.
public enum Negotiation {
    /// The media type of a stream of records.
    public static let recordIO = "application/recordio"

    private static let encodings = "application/json or application/x-protobuf"

    /// How the body of a call is written.
    ///
    /// - Throws: 400 without `Content-Type`, 415 for any but JSON and protobuf, and for a `Message-Content-Type`,
    ///   which only a streamed body has.
    public static func bodyEncoding(_ headers: CallHeaders) throws(Refusal) -> MessageEncoding {
        guard let type = headers.contentType else {
            throw Refusal(400, "the header Content-Type is missing: send \(encodings)")
        }
        guard let encoding = encoding(ofMediaType: type) else {
            throw Refusal(415, "Content-Type '\(shown(type))' is not supported: send \(encodings)")
        }
        guard headers.messageContentType == nil else {
            throw Refusal(415, "Message-Content-Type goes only with Content-Type application/recordio, which this call does not take")
        }
        return encoding
    }

    /// How the single message that answers a call will be written: JSON where both are acceptable alike.
    ///
    /// - Throws: 406 if neither is acceptable, and for `Message-Accept`, which only a streamed answer has.
    public static func answerEncoding(_ headers: CallHeaders) throws(Refusal) -> MessageEncoding {
        guard let encoding = preferred(headers.accept) else {
            throw Refusal(406, "Accept '\(shown(headers.accept ?? ""))' allows no answer to this call: it is \(encodings)")
        }
        guard headers.messageAccept == nil else {
            throw Refusal(406, "Message-Accept goes only with Accept application/recordio, which this call does not answer")
        }
        return encoding
    }

    /// How the records of the stream that answers SUBSCRIBE will be written: `Accept` names the records, and the
    /// framing is implied. For schedulers, executors, operators and agents.
    public static func eventEncoding(_ headers: CallHeaders) throws(Refusal) -> MessageEncoding {
        guard let encoding = preferred(headers.accept) else {
            throw Refusal(406, "Accept '\(shown(headers.accept ?? ""))' allows no events: their records are \(encodings)")
        }
        return encoding
    }

    /// How the records of a streamed body are written, as ATTACH_CONTAINER_INPUT has it; nil if the body is one message.
    ///
    /// - Throws: 400 for a stream without `Message-Content-Type`, 415 for one of another type than JSON and protobuf.
    public static func bodyStreamEncoding(_ headers: CallHeaders) throws(Refusal) -> MessageEncoding? {
        guard let type = headers.contentType, name(ofMediaType: type) == recordIO else { return nil }
        guard let recordType = headers.messageContentType else {
            throw Refusal(400, "the header Message-Content-Type is missing: send \(encodings)")
        }
        guard let encoding = encoding(ofMediaType: recordType) else {
            throw Refusal(415, "Message-Content-Type '\(shown(recordType))' is not supported: send \(encodings)")
        }
        return encoding
    }

    /// How the answer to an agent's call that streams will be written: as `application/recordio` with the records that
    /// `Message-Accept` asks for, or, as older clients have it, with the framing implied by `Accept` naming the records.
    ///
    /// - Throws: 406 if none of that is acceptable, and for `Message-Accept` without a streamed answer.
    public static func answerStream(_ headers: CallHeaders) throws(Refusal) -> AnswerStream {
        let accepted = AcceptedTypes(headers.accept)
        // Who names no type at all, or accepts any, gets the older form: it is what came before there was another.
        guard headers.messageAccept != nil || accepted.names(recordIO) else {
            let encoding = try eventEncoding(headers)
            return AnswerStream(contentType: encoding.mediaType, messageContentType: nil, encoding: encoding)
        }
        guard accepted.quality(of: recordIO) > 0 else {
            throw Refusal(406, "Message-Accept goes only with Accept application/recordio")
        }
        guard let encoding = preferred(headers.messageAccept) else {
            throw Refusal(406, "Message-Accept '\(shown(headers.messageAccept ?? ""))' allows no records: they are \(encodings)")
        }
        return AnswerStream(contentType: recordIO, messageContentType: encoding.mediaType, encoding: encoding)
    }

    /// The body's or answer's form by its media type, parameters ignored; nil for other types.
    public static func encoding(ofMediaType type: String) -> MessageEncoding? {
        let name = name(ofMediaType: type)
        return MessageEncoding.allCases.first { $0.mediaType == name }
    }

    /// Without parameters, in lower case.
    private static func name(ofMediaType type: String) -> String {
        (type.split(separator: ";", omittingEmptySubsequences: false).first ?? "").trimmed.lowercased()
    }

    private static func preferred(_ accept: String?) -> MessageEncoding? {
        let accepted = AcceptedTypes(accept)
        let json = accepted.quality(of: MessageEncoding.json.mediaType)
        let protobuf = accepted.quality(of: MessageEncoding.protobuf.mediaType)
        guard json > 0 || protobuf > 0 else { return nil }
        return protobuf > json ? .protobuf : .json
    }

    private static func shown(_ header: String) -> String {
        String(header.prefix(100))
    }
}
