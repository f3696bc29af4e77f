public import NIOCore

extension HTTPResponder {
    /// Answers a GET with JSON, or, if the query names a function by `jsonp`, with a script that calls it with that JSON.
    ///
    /// A name that is none of JavaScript is refused with 400: it would run whatever it says in the page that asked.
    public func respond(json: ByteBuffer, to request: HTTPRequest) {
        guard let function = request.query["jsonp"] else {
            return respond(200, headers: [("Content-Type", "application/json")], body: json)
        }
        guard Self.isFunctionName(function) else {
            return refuse(400, "jsonp: must be the name of a JavaScript function, up to 128 letters, digits, _, $ and .")
        }
        var call = ByteBuffer()
        call.reserveCapacity(json.readableBytes + function.utf8.count + 2)
        call.writeString("\(function)(")
        call.writeImmutableBuffer(json)
        call.writeString(")")
        respond(200, headers: [("Content-Type", "text/javascript")], body: call)
    }

    /// The same with bytes that are in no buffer yet.
    public func respond(json: [UInt8], to request: HTTPRequest) {
        respond(json: ByteBuffer(bytes: json), to: request)
    }

    private static func isFunctionName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_$.".contains($0)) }
    }
}
