import NIOCore

/// One request on a connection and its answer, which waits until the answers before it were written.
struct Exchange {
    /// What the answer needs to know of its request.
    struct RequestFacts: Sendable {
        var isVersion10: Bool
        var isHead: Bool
        var keepsAlive: Bool
        var acceptsGzip: Bool
        /// Where the page is from that asks, if it may read the answer.
        var allowedOrigin: String?
        /// What is to be logged of it; nothing as long as requests are not.
        var trace: RequestTrace?
    }

    enum State {
        case waiting
        case answered(HTTPResponse)
        case streaming(HTTPStream, headers: [(String, String)], begun: Bool)
    }

    var request: RequestFacts
    var state: State
}
