import HTTPService
import NIOCore
import NIOHTTP1
import Testing

/// Which pages a browser lets read the answers: only those of the origins that are named, and those of no other ever.
struct CrossOriginTests {
    private static let page = "http://10.0.0.1:5050"

    private func configuration(_ origins: Set<String>) -> HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.allowedOrigins = origins
        return configuration
    }

    private func routes(_ router: inout Router) {
        router.on(.post, "/call") { request, responder in responder.respond(200, body: request.body) }
        router.on(.get, "/files/*") { _, responder in responder.respond(200, body: Array("file".utf8)) }
        router.on(.get, "/stream") { _, responder in
            responder.stream(headers: [], maximumBufferedBytes: 1 << 16) {}.finish()
        }
    }

    private static func question(_ origin: String, _ method: String = "POST") -> [(String, String)] {
        [("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type")]
    }

    @Test(arguments: [
        ("POST", "/call", 200), ("GET", "/files/a", 200), ("GET", "/stream", 200), ("GET", "/nothing", 404), ("GET", "/call", 405),
    ])
    func everyAnswerToAnAllowedPageNamesItsOrigin(method: String, path: String, status: Int) async throws {
        try await TestServer.with(configuration([Self.page]), routes) { server in
            let answer = try await server.request(.init(rawValue: method), path, headers: [("Origin", Self.page)])
            #expect(answer.status == status)
            #expect(answer.headers["Access-Control-Allow-Origin"] == [Self.page])
            #expect(answer.headers["Vary"].contains("Origin"))
            #expect(answer.headers["Access-Control-Allow-Credentials"].isEmpty)
        }
    }

    @Test func anAllowedPageMaySendCalls() async throws {
        try await TestServer.with(configuration([Self.page]), routes) { server in
            let answer = try await server.request(.OPTIONS, "/call", headers: Self.question(Self.page))
            #expect(answer.status == 204)
            #expect(answer.headers["Access-Control-Allow-Origin"] == [Self.page])
            #expect(answer.headers["Access-Control-Allow-Methods"] == ["POST"])
            #expect(answer.headers.first(name: "Access-Control-Allow-Headers")?.contains("Content-Type") == true)
            #expect(answer.headers["Access-Control-Max-Age"].count == 1)
            let read = try await server.request(.OPTIONS, "/files/a", headers: Self.question(Self.page, "GET"))
            #expect(read.headers["Access-Control-Allow-Methods"] == ["GET, HEAD"])
        }
    }

    @Test(arguments: [
        "http://10.0.0.1:5051", "https://10.0.0.1:5050", "http://10.0.0.1", "http://10.0.0.1:5050.evil.example", "null", "*", "",
        "http://10.0.0.1:5050/", "http://evil.example, http://10.0.0.1:5050",
    ])
    func noOtherPageLearnsAnything(origin: String) async throws {
        try await TestServer.with(configuration([Self.page]), routes) { server in
            let answer = try await server.request(.POST, "/call", headers: [("Origin", origin)])
            let question = try await server.request(.OPTIONS, "/call", headers: Self.question(origin))
            #expect(question.status == 405)
            for headers in [answer.headers, question.headers] {
                #expect(!headers.contains { $0.name.lowercased().hasPrefix("access-control-") })
            }
        }
    }

    @Test func withoutOriginsThereIsNoDifference() async throws {
        try await TestServer.with(configuration([]), routes) { server in
            let answer = try await server.request(.POST, "/call", headers: [("Origin", Self.page)])
            #expect(answer.headers["Access-Control-Allow-Origin"].isEmpty)
            let question = try await server.request(.OPTIONS, "/call", headers: Self.question(Self.page))
            #expect(question.status == 405)
        }
    }

    @Test func optionsThatAsksNothingIsAnsweredAsBefore() async throws {
        try await TestServer.with(configuration([Self.page]), routes) { server in
            let plain = try await server.request(.OPTIONS, "/call", headers: [("Origin", Self.page)])
            #expect(plain.status == 405)
            let unknown = try await server.request(.OPTIONS, "/nothing", headers: Self.question(Self.page))
            #expect(unknown.status == 404)
        }
    }
}
