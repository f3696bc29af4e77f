import Testing

@testable import HTTPService

/// Targets taken apart, the hostile ones refused.
struct RequestTargetTests {
    @Test(
        arguments: [
            ("/", "/", [:]),
            ("/api/v1", "/api/v1", [:]),
            ("/slave(1)/api/v1", "/slave(1)/api/v1", [:]),
            ("/slave%281%29/state", "/slave(1)/state", [:]),
            ("/a%20b", "/a b", [:]),
            ("/a+b", "/a+b", [:]),
            ("/metrics.json", "/metrics.json", [:]),
            ("/...", "/...", [:]),
            ("/%C3%A4", "/ä", [:]),
            ("/state?a=1&b=2", "/state", ["a": "1", "b": "2"]),
            ("/state?a", "/state", ["a": ""]),
            ("/state?", "/state", [:]),
            ("/state?&&a=1&", "/state", ["a": "1"]),
            ("/state?a=b=c", "/state", ["a": "b=c"]),
            ("/state?a=%26+x", "/state", ["a": "& x"]),
            ("/state?path=../../etc", "/state", ["path": "../../etc"]),
            ("http://host:5050/state?a=1", "/state", ["a": "1"]),
            ("HTTP://host", "/", [:]),
            ("http://host?a=1", "/", ["a": "1"]),
        ] as [(String, String, [String: String])]
    )
    func takesApart(target: String, path: String, query: [String: String]) throws {
        let parsed = try RequestTarget(parsing: target)
        #expect(parsed.path == path)
        #expect(Dictionary(parsed.query.items.map { ($0.name, $0.value) }) { $1 } == query)
    }

    @Test(arguments: [
        ("", "begins with a slash"),
        ("*", "begins with a slash"),
        ("state", "begins with a slash"),
        ("host:443", "begins with a slash"),
        ("/a%00b", "control character"),
        ("/a%0d%0ab", "control character"),
        ("/a%7fb", "control character"),
        ("/a%", "hexadecimal"),
        ("/a%4", "hexadecimal"),
        ("/a%zz", "hexadecimal"),
        ("/%ff", "not UTF-8"),
        ("/%c0%ae%c0%ae/x", "not UTF-8"),
        ("/a/../b", "segment"),
        ("/..", "segment"),
        ("/./a", "segment"),
        ("/%2e%2e/a", "segment"),
        ("/a%2f..%2fb", "segment"),
        ("/a?b=%00", "control character"),
        ("/a?b=%f", "hexadecimal"),
        ("/a?%ff=1", "not UTF-8"),
    ])
    func refuses(target: String, reason: String) {
        let error = #expect(throws: RequestTarget.Malformed.self) { try RequestTarget(parsing: target) }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test func repeatedParametersAreKept() throws {
        let query = try RequestTarget(parsing: "/x?a=1&a=2&b=3").query
        #expect(query["a"] == "1")
        #expect(query.all("a") == ["1", "2"])
        #expect(query["c"] == nil)
    }
}
