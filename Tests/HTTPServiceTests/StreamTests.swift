import Dispatch
import Glibc
import HTTPService
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// Answers without an end.
struct StreamTests {
    /// Routes whose streams and endings the test gets to see.
    private struct Watched: Sendable {
        let opened = Events<HTTPStream>()
        let closed = Events<String>()

        func routes(maximumBufferedBytes: Int = 1 << 20) -> (inout Router) -> Void {
            { router in
                for method in [HTTPRequest.Method.post, .get] {
                    router.on(method, "/stream") { request, responder in
                        opened.add(
                            responder.stream(
                                headers: [("Content-Type", "application/json")],
                                maximumBufferedBytes: maximumBufferedBytes,
                                onClose: { closed.add("closed") }
                            )
                        )
                    }
                }
            }
        }

        /// Waits for the end, then makes sure that nothing tells of it a second time.
        func expectOneEnd() async throws {
            try await closed.next(within: .seconds(10), "the end of the stream")
            for stream in opened.all { #expect(!stream.write([1])) }
            #expect(closed.all.count == 1)
        }
    }

    private static let request = "POST /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"

    @Test func eachWriteArrivesAsAChunkUncompressed() async throws {
        let watched = Watched()
        try await TestServer.with(HTTPLimits(), watched.routes()) { server in
            async let received = exchange(server.port, Self.request.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n"))
            let stream = try await watched.opened.next()
            #expect(stream.write(Array("hello".utf8)))
            #expect(stream.write([UInt8]()))
            #expect(stream.write(ByteBuffer(string: String(repeating: "a", count: 16))))
            stream.finish()
            stream.finish()
            #expect(!stream.write(Array("late".utf8)))
            let answer = try await received
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("Transfer-Encoding: chunked\r\n"))
            #expect(!answer.contains("Content-Encoding"))
            #expect(answer.hasSuffix("\r\n\r\n5\r\nhello\r\n10\r\naaaaaaaaaaaaaaaa\r\n0\r\n\r\n"))
            try await watched.expectOneEnd()
        }
    }

    @Test func theConnectionServesOnAfterAStream() async throws {
        let watched = Watched()
        try await TestServer.with(HTTPLimits(), watched.routes()) { server in
            let client = try RawClient(port: server.port)
            for round in 0..<3 {
                try client.send(Self.request)
                let stream = try await watched.opened.next()
                stream.write(Array("round \(round)".utf8))
                stream.finish()
                let answer = try await blocking { try client.receive(until: "0\r\n\r\n") }
                #expect(answer.contains("round \(round)"))
                try await watched.closed.next()
            }
            #expect(watched.closed.all.count == 3)
        }
    }

    @Test func version10GetsTheBytesWithoutChunks() async throws {
        let watched = Watched()
        try await TestServer.with(HTTPLimits(), watched.routes()) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let stream = try await watched.opened.next()
            stream.write(Array("hello ".utf8))
            stream.write(Array("world".utf8))
            let answer = try await blocking { try client.receive(until: "world") }
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nhello world"))
            stream.finish()
            #expect(try await blocking { try client.receiveAll() } == "")
            try await watched.expectOneEnd()
        }
    }

    @Test func headOfAStreamIsItsHead() async throws {
        let watched = Watched()
        try await TestServer.with(HTTPLimits(), watched.routes()) { server in
            let answer = try await exchange(server.port, "HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasSuffix("\r\n\r\n"))
            try await watched.expectOneEnd()
        }
    }

    @Test func writesOfManyThreadsArriveWhole() async throws {
        let watched = Watched()
        let (writers, writes) = (8, 2000)
        try await TestServer.with(HTTPLimits(), watched.routes(maximumBufferedBytes: 8 << 20)) { server in
            async let answer = server.request(.POST, "/stream")
            let stream = try await watched.opened.next()
            try await blocking {
                DispatchQueue.concurrentPerform(iterations: writers) { writer in
                    for write in 0..<writes { _ = stream.write(Array("\(writer):\(write)\n".utf8)) }
                }
            }
            stream.finish()
            let lines = try await answer.body.split(separator: "\n")
            #expect(lines.count == writers * writes)
            for writer in 0..<writers {
                let own = lines.filter { $0.hasPrefix("\(writer):") }
                #expect(own == (0..<writes).map { "\(writer):\($0)" })
            }
            #expect(stream.bufferedBytes == 0)
        }
    }

    enum Leaving: CaseIterable { case closing, closingItsHalf, resetting }

    @Test(arguments: Leaving.allCases) func itsOwnerHearsOnceThatTheClientWent(leaving: Leaving) async throws {
        let watched = Watched()
        try await TestServer.with(HTTPLimits(), watched.routes()) { server in
            var client: RawClient? = try RawClient(port: server.port)
            try client?.send(Self.request)
            let stream = try await watched.opened.next()
            stream.write(Array("hello".utf8))
            switch leaving {
            case .closing: client = nil
            case .closingItsHalf: client?.closeOutput()
            case .resetting: client?.reset()
            }
            try await watched.expectOneEnd()
        }
    }

    @Test func aReaderThatIsTooSlowIsCutOffAndMemoryStaysBounded() async throws {
        let watched = Watched()
        let limit = 256 << 10
        try await TestServer.with(HTTPLimits(), watched.routes(maximumBufferedBytes: limit)) { server in
            let client = try RawClient(port: server.port, receiveBuffer: 4096)
            try client.send(Self.request)
            let stream = try await watched.opened.next()
            let written = try await blocking {
                var written = 0
                let record = [UInt8](repeating: 65, count: 1000)
                // Written no faster than a fast client would take it: only the client's not reading may fill the buffer.
                while written < 1 << 30 {
                    #expect(stream.bufferedBytes <= limit)
                    guard stream.write(record) else { break }
                    written += record.count
                    if stream.bufferedBytes > limit / 2 { usleep(100) }
                }
                return written
            }
            #expect(written < 64 << 20)
            try await watched.expectOneEnd()
            #expect(server.log.all.contains { $0.contains("warning slow reader of a stream cut off") && $0.contains("\(limit)") })
            let rest = try await blocking { (try? client.receiveAll()) ?? "" }
            #expect(!rest.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func aWriteThatCanNeverFitCutsOff() async throws {
        let watched = Watched()
        try await TestServer.with(HTTPLimits(), watched.routes(maximumBufferedBytes: 1000)) { server in
            let client = try RawClient(port: server.port)
            try client.send(Self.request)
            let stream = try await watched.opened.next()
            #expect(!stream.write([UInt8](repeating: 0, count: 1001)))
            try await watched.expectOneEnd()
        }
    }

    @Test func aStreamBehindAnAnswerWaitsForIt() async throws {
        let watched = Watched()
        let slow = Events<HTTPResponder>()
        let add = { (router: inout Router) in
            watched.routes()(&router)
            router.on(.get, "/slow") { _, responder in slow.add(responder) }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + Self.request)
            let stream = try await watched.opened.next()
            stream.write(Array("event".utf8))
            try await slow.next().respond(200, body: Array("answer".utf8))
            let received = try await blocking { try client.receive(until: "event") }
            #expect(received.contains("\r\n\r\nanswerHTTP/1.1 200"))
        }
    }

    @Test func aStreamWhoseClientLeftEarlierEndsAtOnce() async throws {
        let waiting = Events<HTTPResponder>()
        let closed = Events<String>()
        let add = { (router: inout Router) in router.on(.get, "/late") { _, responder in waiting.add(responder) } }
        try await TestServer.with(HTTPLimits(), add) { server in
            var client: RawClient? = try RawClient(port: server.port)
            try client?.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = try await waiting.next()
            client?.reset()
            client = nil
            let stream = responder.stream(maximumBufferedBytes: 1000) { closed.add("closed") }
            try await closed.next()
            #expect(!stream.write([1]))
            #expect(closed.all.count == 1)
        }
    }
}
