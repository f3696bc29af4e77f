import NIOCore
import NIOHTTP1

/// A whole answer, before it is written.
struct HTTPResponse: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        case buffer(ByteBuffer)

        var count: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes): bytes.count
            case .buffer(let buffer): buffer.readableBytes
            }
        }
    }

    var status: Int
    var headers: [(String, String)]
    var body: Body

    /// An answer in words: an error, as Mesos gives it.
    static func text(_ status: Int, _ message: String, headers: [(String, String)] = []) -> HTTPResponse {
        let text = message.hasSuffix("\n") ? message : message + "\n"
        return HTTPResponse(status: status, headers: headers + [("Content-Type", "text/plain")], body: .bytes(Array(text.utf8)))
    }

    /// 1xx, 204 and 304 end with their head (RFC 9112, section 6.3).
    static func mayHaveBody(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }

    func firstValue(_ name: String) -> String? {
        headers.first { $0.0.isSameFieldName(as: name) }?.1
    }
}

extension String {
    /// Field names are ASCII and compared without regard to case.
    func isSameFieldName(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { $0 == $1 || ($0 ^ $1 == 0x20 && ($0 | 0x20).isLowercaseLetter) }
    }
}

extension UInt8 {
    fileprivate var isLowercaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
}
