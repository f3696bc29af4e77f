import MesosAPI
import Testing

@Suite struct NegotiationTests {
    /// The form chosen, or the status of the refusal.
    private func outcome(_ choose: () throws(Refusal) -> MessageEncoding) -> String {
        do throws(Refusal) {
            return "\(try choose())"
        } catch {
            #expect(!error.message.isEmpty)
            return "\(error.status)"
        }
    }

    @Test(
        arguments: [
            (nil, nil, "400"), ("application/json", nil, "json"), ("application/x-protobuf", nil, "protobuf"),
            ("Application/JSON; charset=utf-8", nil, "json"), ("text/plain", nil, "415"), ("", nil, "415"), ("json", nil, "415"),
            ("application/recordio", nil, "415"), ("application/json", "application/json", "415"), ("application/jsonx", nil, "415"),
        ] as [(String?, String?, String)]
    )
    func bodies(_ contentType: String?, _ messageContentType: String?, _ expected: String) {
        let headers = CallHeaders(contentType: contentType, messageContentType: messageContentType)
        #expect(outcome { () throws(Refusal) in try Negotiation.bodyEncoding(headers) } == expected)
    }

    static let accepts: [(String?, String)] = [
        (nil, "json"), ("*/*", "json"), ("application/*", "json"), ("application/json", "json"), ("application/x-protobuf", "protobuf"),
        ("application/json, application/x-protobuf", "json"), ("application/x-protobuf, application/json", "json"),
        ("application/json;q=0.5, application/x-protobuf", "protobuf"), ("application/json;q=0.5, application/x-protobuf;q=0.5", "json"),
        ("application/json;q=0, */*", "protobuf"), ("*/*;q=0.1, application/x-protobuf;q=0.2", "protobuf"),
        ("APPLICATION/JSON", "json"), ("text/html", "406"), ("text/*", "406"), ("text/html, */*;q=0.1", "json"),
        ("application/json;q=0", "406"), ("*/*;q=0", "406"), ("application/recordio", "406"), ("nonsense", "406"), (",,;", "406"),
        ("application/json;q=nan", "406"), ("application/json; charset=utf-8; q=1", "json"),
    ]

    @Test(arguments: accepts)
    func answers(_ accept: String?, _ expected: String) {
        let headers = CallHeaders(contentType: "application/json", accept: accept)
        #expect(outcome { () throws(Refusal) in try Negotiation.answerEncoding(headers) } == expected)
        #expect(outcome { () throws(Refusal) in try Negotiation.eventEncoding(headers) } == expected)
    }

    @Test func messageAcceptGoesOnlyWithStreams() {
        let headers = CallHeaders(contentType: "application/json", accept: "application/json", messageAccept: "application/json")
        #expect(outcome { () throws(Refusal) in try Negotiation.answerEncoding(headers) } == "406")
    }

    @Test(
        arguments: [
            ("application/recordio", "application/json", "json"), ("application/recordio", "application/x-protobuf", "protobuf"),
            ("application/recordio", nil, "400"), ("application/recordio", "text/plain", "415"),
            ("application/recordio", "application/recordio", "415"),
        ] as [(String, String?, String)]
    )
    func streamedBodies(_ contentType: String, _ messageContentType: String?, _ expected: String) throws {
        let headers = CallHeaders(contentType: contentType, messageContentType: messageContentType)
        #expect(outcome { () throws(Refusal) in try Negotiation.bodyStreamEncoding(headers) ?? .json } == expected)
    }

    @Test(arguments: ["application/json", "text/plain", nil])
    func singleMessagesAreNoStreams(_ contentType: String?) throws {
        #expect(try Negotiation.bodyStreamEncoding(CallHeaders(contentType: contentType)) == nil)
    }

    /// `Accept` and `Message-Accept`, and the answer's `Content-Type` and `Message-Content-Type`, or the refusal.
    static let streams: [(String?, String?, String)] = [
        ("application/recordio", nil, "application/recordio application/json"),
        ("application/recordio", "application/json", "application/recordio application/json"),
        ("application/recordio", "application/x-protobuf", "application/recordio application/x-protobuf"),
        ("*/*", "application/x-protobuf", "application/recordio application/x-protobuf"),
        ("application/recordio, application/json", nil, "application/recordio application/json"),
        ("application/json", nil, "application/json -"), ("application/x-protobuf", nil, "application/x-protobuf -"),
        (nil, nil, "application/json -"), ("*/*", nil, "application/json -"), ("application/*", nil, "application/json -"),
        ("application/recordio", "text/html", "406"), ("application/json", "application/json", "406"), ("text/html", nil, "406"),
        ("application/recordio;q=0", nil, "406"),
    ]

    @Test(arguments: streams)
    func streamedAnswers(_ accept: String?, _ messageAccept: String?, _ expected: String) {
        let headers = CallHeaders(contentType: "application/json", accept: accept, messageAccept: messageAccept)
        do throws(Refusal) {
            let stream = try Negotiation.answerStream(headers)
            #expect("\(stream.contentType) \(stream.messageContentType ?? "-")" == expected)
            #expect([stream.contentType, stream.messageContentType].contains(stream.encoding.mediaType))
        } catch {
            #expect("\(error.status)" == expected)
        }
    }
}
