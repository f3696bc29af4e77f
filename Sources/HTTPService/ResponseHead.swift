import NIOCore
import NIOHTTP1

/// How an answer's body is delimited (RFC 9112, section 6.3).
enum BodyFraming {
    case length(Int)
    case chunked
    case untilClose
    case noBody
}

extension ByteBuffer {
    /// Writes an answer's status line and header fields, with the fields that belong to the connection.
    mutating func writeResponseHead(
        status: Int,
        headers: [(String, String)],
        framing: BodyFraming,
        date: ByteBuffer,
        request: Exchange.RequestFacts,
        closes: Bool
    ) {
        writeStaticString("HTTP/1.1 ")
        writeString(String(status))
        writeStaticString(" ")
        writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
        writeStaticString("\r\nDate: ")
        writeImmutableBuffer(date)
        switch framing {
        case .length(let count):
            writeStaticString("\r\nContent-Length: ")
            writeString(String(count))
        case .chunked:
            writeStaticString("\r\nTransfer-Encoding: chunked")
        case .untilClose, .noBody:
            break
        }
        for (name, value) in headers {
            writeStaticString("\r\n")
            writeFieldText(name)
            writeStaticString(": ")
            writeFieldText(value)
        }
        if let origin = request.allowedOrigin {
            writeStaticString("\r\nAccess-Control-Allow-Origin: ")
            writeFieldText(origin)
            writeStaticString("\r\nVary: Origin")
        }
        if closes {
            writeStaticString("\r\nConnection: close")
        } else if request.isVersion10 {
            writeStaticString("\r\nConnection: keep-alive")
        }
        writeStaticString("\r\n\r\n")
    }

    /// Writes a name or value; a line break in it would let its author write header fields of his own, so it becomes a space.
    private mutating func writeFieldText(_ text: String) {
        let isClean = text.utf8.allSatisfy { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") && $0 != 0 }
        guard !isClean else {
            writeString(text)
            return
        }
        writeBytes(text.utf8.map { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") || $0 == 0 ? UInt8(ascii: " ") : $0 })
    }

    /// Writes one chunk of a chunked body (RFC 9112, section 7.1). A chunk without bytes would end the body and is left out.
    mutating func writeChunk(count: Int, _ write: (inout ByteBuffer) -> Void) {
        guard count > 0 else { return }
        writeString(String(count, radix: 16))
        writeStaticString("\r\n")
        write(&self)
        writeStaticString("\r\n")
    }

    /// Ends a chunked body.
    mutating func writeLastChunk() {
        writeStaticString("0\r\n\r\n")
    }
}
