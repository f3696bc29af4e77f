/// Every limit of an HTTP server, by name.
///
/// Nothing a client does can make the server hold more than these allow. A client that meets a limit is told which one:
/// by a status and a text while there is still an answer to give, by a closed connection and a log line otherwise.
public struct HTTPLimits: Sendable, Hashable {
    /// Bytes of a request's target and header fields together, and of its trailer fields. More is refused with 431.
    public var headBytes = 16 * 1024

    /// Header fields of one request. More is refused with 431.
    public var headerFields = 100

    /// Bytes of a request's body as it comes over the wire. More is refused with 413.
    public var bodyBytes = 64 * 1024 * 1024

    /// Bytes of a request's body once `Content-Encoding: gzip` is undone. More is refused with 413.
    public var inflatedBodyBytes = 64 * 1024 * 1024

    /// Requests a client may send on one connection before it has read their answers. Reading stops at this number.
    public var pipelinedRequests = 64

    /// Connections open at the same time. One more is answered with 503 and closed.
    public var connections = 30_000

    /// Bytes from which on an answer is compressed for a client that accepts gzip.
    public var compressedAnswerBytes = 1024

    /// Time a client has for the whole head of a request, the TLS handshake included, before it gets 408.
    public var headTimeout: Duration = .seconds(10)

    /// Time a client has for the whole body of a request before it gets 408.
    public var bodyTimeout: Duration = .seconds(60)

    /// Time a connection may stay open without a request.
    public var idleTimeout: Duration = .seconds(300)

    /// Time a client may leave an answer unread before its connection is closed. Event streams have a limit in bytes instead.
    public var sendTimeout: Duration = .seconds(60)

    /// Time a refused client has to stop sending and to read why it was refused.
    public var lingerTimeout: Duration = .seconds(5)

    /// Time `HTTPServer.shutdown()` gives requests and streams to end before it closes their connections.
    public var shutdownTimeout: Duration = .seconds(5)

    /// The default limits.
    public init() {}

    /// The name of the first limit that cannot be used, and why; nil if all can.
    var problem: String? {
        let counts = [
            ("headBytes", headBytes), ("headerFields", headerFields), ("bodyBytes", bodyBytes), ("inflatedBodyBytes", inflatedBodyBytes),
            ("pipelinedRequests", pipelinedRequests), ("connections", connections), ("compressedAnswerBytes", compressedAnswerBytes),
        ]
        for (name, value) in counts where value < 1 || value > Self.largestCount {
            return "\(name) is \(value); it must be from 1 to \(Self.largestCount)"
        }
        let times = [
            ("headTimeout", headTimeout), ("bodyTimeout", bodyTimeout), ("idleTimeout", idleTimeout), ("sendTimeout", sendTimeout),
            ("lingerTimeout", lingerTimeout), ("shutdownTimeout", shutdownTimeout),
        ]
        for (name, value) in times where value <= .zero || value > Self.longestTime {
            return "\(name) is \(value); it must be more than 0 and at most \(Self.longestTime)"
        }
        return nil
    }

    /// One byte buffer holds a body, and its sizes are 32-bit numbers.
    static let largestCount = 1 << 30

    /// Far below what a 64-bit count of nanoseconds holds.
    static let longestTime: Duration = .seconds(366 * 24 * 3600)
}
