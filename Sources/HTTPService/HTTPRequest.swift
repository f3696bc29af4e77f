public import NIOCore

/// A request, complete: its body was collected and is within the limits.
public struct HTTPRequest: Sendable {
    /// A request's method. Names are case-sensitive (RFC 9110, section 9.1).
    public struct Method: Hashable, Sendable, CustomStringConvertible {
        /// The name, as in `POST`.
        public let name: String

        /// A method of any name.
        public init(_ name: String) {
            self.name = name
        }

        /// Read something.
        public static let get = Method("GET")
        /// Read something, without its body. A route for `get` answers it too.
        public static let head = Method("HEAD")
        /// Do something.
        public static let post = Method("POST")
        /// Create or replace something.
        public static let put = Method("PUT")
        /// Remove something.
        public static let delete = Method("DELETE")

        /// The name.
        public var description: String { name }
    }

    /// The method.
    public let method: Method

    /// The target's path, percent-decoded; it begins with a slash and has no `.` or `..` segments.
    public let path: String

    /// What the `*` of a prefix route stood for; empty on other routes.
    public internal(set) var pathRemainder = ""

    /// The target as it was sent, path and query still encoded: for a redirect to the same place elsewhere.
    public let target: String

    /// The target's parameters.
    public let query: HTTPQuery

    /// The header fields.
    public let headers: HTTPFields

    /// The body, with a `Content-Encoding` undone.
    public let body: ByteBuffer

    /// Who sent it.
    public let peerAddress: SocketAddress?

    /// The body as an array.
    public var bodyBytes: [UInt8] {
        Array(body.readableBytesView)
    }
}
