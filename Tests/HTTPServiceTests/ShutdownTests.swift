import HTTPService
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// The end of a server.
struct ShutdownTests {
    /// A connection of another test may have been given the same port for a moment.
    private func isFree(_ port: Int) async -> Bool {
        await eventually { await (try? TestServer.with(HTTPServerConfiguration(port: port), { _ in }) { _ in true }) ?? false }
    }

    @Test func thePortIsFreeAfterwards() async throws {
        let port = try await TestServer.with(HTTPLimits(), { $0.on(.get, "/") { $1.respond(200) } }) { server in
            _ = try await server.request(.GET, "/")
            return server.port
        }
        #expect(await isFree(port))
    }

    @Test func idleConnectionsAreClosedAtOnce() async throws {
        var limits = HTTPLimits()
        limits.shutdownTimeout = .seconds(600)
        try await TestServer.with(limits, { $0.on(.get, "/") { $1.respond(200) } }) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await blocking { try client.receive(until: "\r\n\r\n") }
            await server.server.shutdown()
            #expect(try await blocking { try client.receiveAll() } == "")
        }
    }

    @Test func requestsAreAnsweredAndStreamsFinished() async throws {
        let waiting = Events<HTTPResponder>()
        let opened = Events<HTTPStream>()
        let closed = Events<String>()
        let add = { (router: inout Router) in
            router.on(.get, "/slow") { _, responder in waiting.add(responder) }
            router.on(.get, "/stream") { _, responder in
                opened.add(responder.stream(maximumBufferedBytes: 1000) { closed.add("closed") })
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            async let slow = exchange(server.port, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            async let stream = exchange(server.port, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = try await waiting.next()
            try await opened.next().write(Array("event".utf8))
            async let shutdown: Void = server.server.shutdown()
            #expect(try await stream.hasSuffix("5\r\nevent\r\n0\r\n\r\n"))
            try await closed.next()
            responder.respond(200, body: Array("answer".utf8))
            let answer = try await slow
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix("answer"))
            await shutdown
            #expect(closed.all.count == 1)
            #expect(await isFree(server.port))
        }
    }

    @Test func whatDoesNotEndIsClosedAtTheDeadline() async throws {
        var limits = HTTPLimits()
        limits.shutdownTimeout = .milliseconds(200)
        let waiting = Events<HTTPResponder>()
        try await TestServer.with(limits, { $0.on(.get, "/never") { _, responder in waiting.add(responder) } }) { server in
            async let answer = exchange(server.port, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = try await waiting.next()
            await server.server.shutdown()
            #expect(try await answer == "")
            responder.respond(200)
            #expect(await isFree(server.port))
        }
    }
}
