/// Which handler answers which method on which path.
///
/// A path that is not known gets 404, a method that its path does not have 405 with `Allow`. A route for `GET` answers `HEAD` too.
/// A slash at the end of a path that is known without it means that one, as in Mesos.
public struct Router: Sendable {
    /// Answers one request. It is called on an event loop and must not block; the answer may come later, from any thread.
    public typealias Handler = @Sendable (HTTPRequest, HTTPResponder) -> Void

    /// Answers one request whose body is still on its way; otherwise as ``Handler``.
    public typealias StreamHandler = @Sendable (HTTPRequest, HTTPBodyStream, HTTPResponder) -> Void

    struct Route {
        var handlers: [(method: HTTPRequest.Method, handler: Handler)] = []
        /// For POSTed bodies of one media type.
        var streamHandler: (mediaType: String, handler: StreamHandler)?

        func handler(for method: HTTPRequest.Method) -> Handler? {
            if let found = handlers.first(where: { $0.method == method }) { return found.handler }
            return method == .head ? handler(for: .get) : nil
        }

        /// The value of `Allow`.
        var allowedMethods: String {
            var names = handlers.map(\.method.name)
            if names.contains("GET"), !names.contains("HEAD") { names.append("HEAD") }
            return names.joined(separator: ", ")
        }
    }

    enum Match {
        case handler(Handler, remainder: String)
        case methodNotAllowed(allowed: String)
        case notFound
    }

    private var exact: [String: Route] = [:]

    /// Prefixes with their final slash, longest first.
    private var prefixes: [(prefix: String, route: Route)] = []

    /// A router without routes.
    public init() {}

    /// Answers `method` on each of `paths` by `handler`.
    ///
    /// - Parameters:
    ///   - method: the method, exactly.
    ///   - paths: decoded paths, such as `/api/v1`, or prefixes, such as `/files/*`: the longest one that fits is taken, after exact paths.
    ///   - handler: takes the place of an earlier handler of the same method and path.
    public mutating func on(_ method: HTTPRequest.Method, _ paths: String..., handler: @escaping Handler) {
        on(method, paths: paths, handler: handler)
    }

    /// As `on(_:_:handler:)`, with the paths in an array.
    public mutating func on(_ method: HTTPRequest.Method, paths: [String], handler: @escaping Handler) {
        for path in paths {
            precondition(path.hasPrefix("/"), "a route's path begins with a slash: \(path)")
            if path.hasSuffix("/*") {
                add(method, prefix: String(path.dropLast()), handler)
            } else {
                exact[path, default: Route()].set(method, handler)
            }
        }
    }

    /// Answers `POST` on each of `paths` by `handler` when the body is of a media type: it is called at once, with the
    /// body as it comes.
    ///
    /// - Parameter paths: exact ones only.
    public mutating func onStream(_ paths: [String], mediaType: String, handler: @escaping StreamHandler) {
        for path in paths { exact[path, default: Route()].streamHandler = (mediaType, handler) }
    }

    /// The handler for a body of that type, if it takes it as it comes.
    func streamHandler(_ method: HTTPRequest.Method, _ path: String, contentType: String?) -> StreamHandler? {
        guard method == .post, let contentType, let (mediaType, handler) = known(path)?.streamHandler else { return nil }
        let name = contentType.split(separator: ";", omittingEmptySubsequences: false).first.map { $0.trimmed.lowercased() }
        return name == mediaType ? handler : nil
    }

    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        if let route = exact[path] { return match(method, route, remainder: "") }
        if let (prefix, route) = prefixed(path) {
            return match(method, route, remainder: String(path.utf8.dropFirst(prefix.utf8.count)) ?? "")
        }
        return known(path).map { match(method, $0, remainder: "") } ?? .notFound
    }

    /// The methods that a path takes, as `Allow` lists them; nothing for a path that is not known.
    func allowedMethods(of path: String) -> String? {
        (exact[path] ?? prefixed(path)?.route ?? known(path))?.allowedMethods
    }

    private func prefixed(_ path: String) -> (prefix: String, route: Route)? {
        prefixes.first { path.utf8.starts(with: $0.prefix.utf8) }
    }

    /// The route of the path itself, or without its slash at the end.
    private func known(_ path: String) -> Route? {
        exact[path] ?? (path.hasSuffix("/") ? exact[String(path.dropLast())] : nil)
    }

    private func match(_ method: HTTPRequest.Method, _ route: Route, remainder: String) -> Match {
        guard let handler = route.handler(for: method) else { return .methodNotAllowed(allowed: route.allowedMethods) }
        return .handler(handler, remainder: remainder)
    }

    private mutating func add(_ method: HTTPRequest.Method, prefix: String, _ handler: @escaping Handler) {
        if let index = prefixes.firstIndex(where: { $0.prefix == prefix }) {
            prefixes[index].route.set(method, handler)
            return
        }
        var route = Route()
        route.set(method, handler)
        let index = prefixes.firstIndex { $0.prefix.utf8.count < prefix.utf8.count } ?? prefixes.endIndex
        prefixes.insert((prefix, route), at: index)
    }
}

extension Router.Route {
    mutating func set(_ method: HTTPRequest.Method, _ handler: @escaping Router.Handler) {
        handlers.removeAll { $0.method == method }
        handlers.append((method, handler))
    }
}
