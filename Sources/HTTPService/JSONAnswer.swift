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

    /// The same with JSON that comes in pieces; see ``respond(_:contentType:)``.
    public func respond(json body: PageBody, to request: HTTPRequest) async {
        guard let function = request.query["jsonp"] else { return await respond(body, contentType: "application/json") }
        // That answer refuses a name that is none.
        guard Self.isFunctionName(function) else { return respond(json: ByteBuffer(), to: request) }
        if await body.isOnePiece(), let whole = await body.piece(0) { return respond(json: whole, to: request) }
        await stream(body, contentType: "text/javascript", before: "\(function)(", behind: ")")
    }

    private static func isFunctionName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_$.".contains($0)) }
    }
}
