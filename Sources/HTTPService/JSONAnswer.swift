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

    /// Answers a GET with JSON that comes in pieces: as a whole if one piece is all, otherwise as a stream that the client reads as
    /// fast as it can. One for which the pieces are kept no longer is cut off.
    public func respond(_ body: PageBody, to request: HTTPRequest) async {
        let first = await body.piece(0) ?? ByteBuffer()
        if body.pieceCount == 1 { return respond(json: first, to: request) }
        let function = request.query["jsonp"]
        guard function.map(Self.isFunctionName) ?? true else { return respond(json: ByteBuffer(), to: request) }
        let gzip = acceptsGzip ? GzipStream() : nil
        var headers = [("Content-Type", function == nil ? "application/json" : "text/javascript")]
        if gzip != nil { headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")] }
        let stream = stream(headers: headers, maximumBufferedBytes: Self.streamBytes) {}
        body.onAbandon { stream.cutOff() }
        func send(_ piece: ByteBuffer, isLast: Bool = false) {
            let bytes = gzip?.compress(piece, isLast: isLast) ?? piece
            if bytes.readableBytes > 0 { stream.write(bytes) }
        }
        if let function { send(ByteBuffer(string: "\(function)(")) }
        var number = 0
        while let piece = await body.piece(number), await stream.waitUntilBuffered(below: Self.streamBytes / 4) {
            send(piece)
            number += 1
        }
        send(ByteBuffer(string: function == nil ? "" : ")"), isLast: true)
        if body.isWhole { stream.finish() } else { stream.cutOff() }
    }

    private static let streamBytes = 2 * 1024 * 1024

    private static func isFunctionName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_$.".contains($0)) }
    }
}
