import HTTPService
import NIOCore
import NIOHTTP1
import Testing

/// Requests whose body is handed on as it comes.
struct BodyStreamTests {
    /// A server that answers with the body it got, at its end; or at once, if the body begins with "!".
    private func with(_ test: (Int) async throws -> Void) async throws {
        try await TestServer.with(HTTPLimits()) { router in
            router.on(.post, "/call") { request, responder in responder.respond(202, body: request.bodyBytes) }
            router.onStream(["/call"], mediaType: "application/records") { _, body, responder in
                Task {
                    var received: [UInt8] = []
                    do {
                        while let piece = try await body.next() {
                            received += piece.readableBytesView
                            if received.first == UInt8(ascii: "!") { return responder.refuse(409, "no more") }
                        }
                        responder.respond(200, body: received.count > 100 ? Array("\(received.count)".utf8) : received)
                    } catch {
                        responder.refuse(400, "broken")
                    }
                }
            }
        } body: { server in
            try await test(server.port)
        }
    }

    private func head(_ type: String, _ rest: String) -> String {
        "POST /call HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\n\(rest)\r\n\r\n"
    }

    @Test func aBodyIsHandedOnAndItsConnectionGoesOn() async throws {
        try await with { port in
            let stream = head("Application/Records; x=y", "Transfer-Encoding: chunked") + "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
            let whole = head("text/plain", "Content-Length: 3\r\nConnection: close") + "abc"
            let answer = try await exchange(port, stream + whole)
            #expect(answer.contains("hello!"))
            #expect(answer.contains("202 Accepted") && answer.hasSuffix("abc"))
        }
    }

    @Test func aBodyOfAnyLengthIsTaken() async throws {
        try await with { port in
            let answer = try await blocking {
                let client = try RawClient(port: port)
                let count = 100 << 20
                try client.send(head("application/records", "Content-Length: \(count)\r\nConnection: close"))
                let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
                for _ in 0..<100 { try client.send(piece) }
                return try client.receiveAll()
            }
            #expect(answer.hasSuffix("\r\n\r\n\(100 << 20)"))
        }
    }

    @Test func anAnswerBeforeTheEndOfTheBodyClosesTheConnection() async throws {
        try await with { port in
            let answer = try await blocking {
                let client = try RawClient(port: port)
                try client.send(head("application/records", "Transfer-Encoding: chunked") + "1\r\n!\r\n")
                let answer = try client.receive(until: "no more")
                try client.send("1\r\nx\r\n0\r\n\r\n")
                return answer + (try client.receiveAll())
            }
            #expect(answer.contains("409 Conflict") && answer.contains("Connection: close"))
        }
    }

    @Test func aClientThatGoesBreaksItsBody() async throws {
        let ended = Events<Bool>()
        try await TestServer.with(HTTPLimits()) { router in
            router.onStream(["/call"], mediaType: "application/records") { _, body, responder in
                Task {
                    do {
                        while try await body.next() != nil {}
                        ended.add(true)
                    } catch {
                        ended.add(false)
                    }
                    responder.respond(200)
                }
            }
        } body: { server in
            try await blocking {
                let client = try RawClient(port: server.port)
                try client.send(head("application/records", "Content-Length: 100") + "abc")
                client.reset()
            }
            #expect(try await ended.next() == false)
        }
    }
}
