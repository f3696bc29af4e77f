import Dispatch
import HTTPService
import NIOCore
import NIOHTTP1
import Testing

/// The ordinary life of requests, asked by a real client.
struct ServingTests {
    private func echo(_ router: inout Router) {
        router.on(.post, "/echo", "/alias/echo") { request, responder in responder.respond(200, body: request.body) }
        router.on(.get, "/words") { request, responder in
            responder.respond(200, headers: [("Content-Type", "text/plain")], body: Array((request.query["w"] ?? "none").utf8))
        }
        router.on(.post, "/accept") { _, responder in responder.respond(202) }
    }

    @Test(arguments: ["/echo", "/alias/echo"]) func answersOnEachPathOfARoute(path: String) async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await server.request(.POST, path, body: ByteBuffer(string: "hello"))
            #expect(answer.status == 200)
            #expect(answer.body == "hello")
            #expect(answer.headers["Date"].count == 1)
        }
    }

    @Test func anAnswerWithoutABodySaysSo() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await server.request(.POST, "/accept", body: ByteBuffer(string: "{}"))
            #expect(answer.status == 202)
            #expect(answer.headers["Content-Length"] == ["0"])
        }
    }

    @Test func unknownPathsAndMethodsAreRefusedInWords() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let unknown = try await server.request(.GET, "/nowhere")
            #expect(unknown.status == 404)
            #expect(unknown.headers["Content-Type"] == ["text/plain"])
            #expect(unknown.body.contains("/nowhere"))
            let wrong = try await server.request(.GET, "/echo")
            #expect(wrong.status == 405)
            #expect(wrong.headers["Allow"] == ["POST"])
            #expect(wrong.headers["Content-Type"] == ["text/plain"])
            let readOnly = try await server.request(.POST, "/words")
            #expect(readOnly.headers["Allow"] == ["GET, HEAD"])
        }
    }

    @Test func headIsGetWithoutItsBody() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await exchange(server.port, "HEAD /words?w=abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("Content-Length: 3\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func version10IsServedAndClosed() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await exchange(server.port, "GET /words?w=abc HTTP/1.0\r\n\r\n")
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nabc"))
            let kept = try await blocking {
                let client = try RawClient(port: server.port)
                try client.send("GET /words?w=abc HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                return try client.receive(until: "abc")
            }
            #expect(kept.contains("Connection: keep-alive\r\n"))
        }
    }

    @Test func anUpgradeIsNotTakenUpButAnswered() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let head = "GET /words?w=abc HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
            let answer = try await exchange(server.port, head)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.contains("Connection: close\r\n"))
        }
    }

    @Test func aLargeAnswerArrivesWhole() async throws {
        let megabytes = 32
        let add = { (router: inout Router) in
            router.on(.get, "/large") { _, responder in
                DispatchQueue.global().async { responder.respond(200, body: [UInt8](repeating: 65, count: megabytes << 20)) }
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let answer = try await server.request(.GET, "/large")
            #expect(answer.body.utf8.count == megabytes << 20)
        }
    }

    @Test func aBodyInManyPiecesIsCollected() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await blocking {
                let client = try RawClient(port: server.port)
                try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                for number in 0..<200 { try client.send("4\r\n\(1000 + number)\r\n") }
                try client.send("0\r\nTrailer: x\r\n\r\n")
                return try client.receiveAll()
            }
            #expect(answer.hasSuffix((0..<200).map { "\(1000 + $0)" }.joined()))
        }
    }

    @Test func manyClientsAreServedAtOnce() async throws {
        let add = { (router: inout Router) in
            router.on(.post, "/later") { request, responder in
                DispatchQueue.global().async { responder.respond(200, body: request.bodyBytes) }
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<50 {
                    group.addTask {
                        for round in 0..<40 {
                            let body = "\(client)/\(round)"
                            let answer = try await server.request(.POST, "/later", body: ByteBuffer(string: body))
                            #expect(answer.body == body)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func aDroppedResponderAnswers500AndASecondAnswerIsIgnored() async throws {
        let add = { (router: inout Router) in
            router.on(.get, "/dropped") { _, _ in }
            router.on(.get, "/twice") { _, responder in
                responder.respond(200, body: Array("first".utf8))
                responder.respond(200, body: Array("second".utf8))
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let dropped = try await server.request(.GET, "/dropped")
            #expect(dropped.status == 500)
            for _ in 0..<2 {
                let answer = try await server.request(.GET, "/twice")
                #expect(answer.body == "first")
            }
            #expect(server.log.all.contains { $0.contains("answered twice") })
        }
    }

    @Test func aLineBreakInAHeaderFieldBecomesASpace() async throws {
        let add = { (router: inout Router) in
            router.on(.get, "/split") { _, responder in responder.respond(200, headers: [("X-A", "b\r\nX-Evil: 1")]) }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let answer = try await server.request(.GET, "/split")
            #expect(answer.headers["X-Evil"].isEmpty)
            #expect(answer.headers["X-A"] == ["b  X-Evil: 1"])
        }
    }
}
