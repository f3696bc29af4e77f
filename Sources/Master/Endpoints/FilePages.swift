import HTTPService

/// `/files/*` of a master: it logs to standard error and has no file to show, so every path is one that is not there.
enum FilePages {
    static func add(to router: inout Router) {
        router.on(.get, paths: ["/files/debug", "/master/files/debug"]) { request, responder in
            responder.respond(json: Array("{}".utf8), to: request)
        }
        for page in ["browse", "read", "download"] {
            router.on(.get, paths: ["/files/\(page)", "/master/files/\(page)"]) { request, responder in
                guard let path = request.query["path"], !path.isEmpty else {
                    return responder.refuse(400, "path: missing; the query needs path=PATH")
                }
                responder.refuse(404, "\"\(path.prefix(1000))\": \(advice)")
            }
        }
    }

    /// What is said of every path.
    static let advice = "a master has no files to show; sandboxes are shown by the agents, the log is on the master's standard error"
}
