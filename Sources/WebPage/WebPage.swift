public import HTTPService

/// The page by which people look at a cluster: its files are part of the program.
///
/// What it shows it asks of the master that served it, and of agents, by the same calls as every other client. See
/// `docs/web-page.md`.
public enum WebPage {
    /// Serves the page at `/`, and what it consists of below `/page/`.
    public static func add(to router: inout Router) {
        router.on(.get, "/") { request, responder in answer("index.html", request, responder) }
        router.on(.get, "/page/*") { request, responder in answer(request.pathRemainder, request, responder) }
    }

    /// Scripts and styles are the program's own alone, so that no name of a task can become one. Agents join at any time,
    /// so which of them the page speaks to cannot be told beforehand: they decide themselves whom they answer.
    static let policy = [
        "default-src 'self'", "connect-src 'self' http: https:", "object-src 'none'", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func answer(_ path: String, _ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let file = PageFile.all[path] else {
            return responder.refuse(404, "The web page has no file \"\(path.prefix(200))\".")
        }
        let headers = [
            // It is asked for again each time and sent anew only if it is another: a new program has a new page at once.
            ("Cache-Control", "no-cache"), ("ETag", file.tag), ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
        guard !request.has(file.tag) else { return responder.respond(304, headers: headers) }
        responder.respond(200, headers: headers + [("Content-Type", file.contentType)], body: file.body)
    }
}

extension HTTPRequest {
    /// Whether the client has a version already (RFC 9110, section 13.1.2).
    fileprivate func has(_ tag: String) -> Bool {
        guard let known = headers.joined("If-None-Match") else { return false }
        return known.split(separator: ",").contains { item in
            let item = item.drop { $0 == " " }
            return item == "*" || item == tag || "W/\(item)" == tag
        }
    }
}
