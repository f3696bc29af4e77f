import NIOCore

extension HTTPResponder {
    /// Answers with a body that comes in pieces: as a whole if one piece is all, otherwise as a stream that the client reads as fast
    /// as it can, compressed if it takes gzip. A client for which the pieces are kept no longer is cut off.
    public func respond(_ body: PageBody, contentType: String) async {
        if await body.isOnePiece(), let whole = await body.piece(0) {
            return respond(200, headers: [("Content-Type", contentType)], body: whole)
        }
        await stream(body, contentType: contentType)
    }

    /// - Parameters:
    ///   - before: what the client gets before the body.
    ///   - behind: what it gets behind it.
    func stream(_ body: PageBody, contentType: String, before: String = "", behind: String = "") async {
        let gzip = acceptsGzip ? GzipStream() : nil
        var headers = [("Content-Type", contentType)]
        if gzip != nil { headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")] }
        let stream = stream(headers: headers, maximumBufferedBytes: Self.streamBytes) {}
        body.onAbandon { stream.cutOff() }
        func send(_ piece: ByteBuffer, isLast: Bool = false) {
            let bytes = gzip?.compress(piece, isLast: isLast) ?? piece
            if bytes.readableBytes > 0 { stream.write(bytes) }
        }
        if !before.isEmpty { send(ByteBuffer(string: before)) }
        var number = 0
        while let piece = await body.piece(number), await stream.waitUntilBuffered(below: Self.streamBytes / 4) {
            send(piece)
            number += 1
        }
        send(ByteBuffer(string: behind), isLast: true)
        if body.isWhole { stream.finish() } else { stream.cutOff() }
    }

    private static let streamBytes = 2 * 1024 * 1024
}
