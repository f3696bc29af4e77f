import Testing

@testable import HTTPService

/// Which route a method and path lead to.
struct RouterTests {
    private func outcome(_ method: HTTPRequest.Method, _ path: String) -> String {
        var router = Router()
        router.on(.get, "/files/*") { _, _ in }
        router.on(.post, "/api/v1", "/master/api/v1") { _, _ in }
        router.on(.get, "/files/special") { _, _ in }
        router.on(.delete, "/files/special") { _, _ in }
        router.on(.put, "/files/deep/*") { _, _ in }
        switch router.match(method, path) {
        case .handler(_, let remainder): return "found \(remainder)"
        case .methodNotAllowed(let allowed): return "allow \(allowed)"
        case .notFound: return "none"
        }
    }

    @Test(arguments: [
        ("POST", "/api/v1", "found "),
        ("POST", "/master/api/v1", "found "),
        ("GET", "/api/v1", "allow POST"),
        ("post", "/api/v1", "allow POST"),
        ("OPTIONS", "/api/v1", "allow POST"),
        ("POST", "/api/v1/", "found "),
        ("GET", "/api/v1/", "allow POST"),
        ("POST", "/api/v1//", "none"),
        ("POST", "/api/v1/x", "none"),
        ("POST", "/files/special/", "allow GET, HEAD"),
        ("POST", "/api", "none"),
        ("POST", "//api/v1", "none"),
        ("GET", "/files/a/b", "found a/b"),
        ("HEAD", "/files/a", "found a"),
        ("GET", "/files/", "found "),
        ("GET", "/files", "none"),
        ("GET", "/filesx", "none"),
        ("POST", "/files/a", "allow GET, HEAD"),
        ("GET", "/files/special", "found "),
        ("DELETE", "/files/special", "found "),
        ("POST", "/files/special", "allow GET, DELETE, HEAD"),
        ("PUT", "/files/deep/x", "found x"),
        ("GET", "/files/deep/x", "allow PUT"),
        ("GET", "/", "none"),
    ])
    func leads(method: String, path: String, expected: String) {
        #expect(outcome(HTTPRequest.Method(method), path) == expected)
    }
}
