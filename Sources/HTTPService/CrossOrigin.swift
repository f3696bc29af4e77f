import NIOHTTP1

/// The part of the Fetch standard by which a server lets pages of other origins read its answers ("CORS protocol").
///
/// A browser sends the origin of the page with every request that goes elsewhere. It hands on the answer only if that names the
/// origin; before a POST with another media type than forms have, it asks by OPTIONS whether it may send it at all.
enum CrossOrigin {
    /// What a page may send beside what browsers always let it.
    private static let fields = "Accept, Content-Type, Message-Accept, Message-Content-Type, Agora-Output-From"

    /// Seconds for which a browser need not ask again.
    private static let age = "600"

    /// The answer to the question of a page that may ask, whether it may send a request; nothing if this is no such question.
    ///
    /// - Parameter methods: those that the path takes.
    static func answer(to head: HTTPRequestHead, methods: String?) -> HTTPResponse? {
        guard head.method == .OPTIONS, let methods, head.headers.contains(name: "Access-Control-Request-Method") else { return nil }
        let headers = [
            ("Access-Control-Allow-Methods", methods), ("Access-Control-Allow-Headers", fields), ("Access-Control-Max-Age", age),
        ]
        return HTTPResponse(status: 204, headers: headers, body: .none)
    }
}
