import Foundation
import HTTPService
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// Each limit met on purpose.
struct LimitTests {
    private func echo(_ router: inout Router) {
        router.on(.post, "/echo") { request, responder in responder.respond(200, body: request.body) }
    }

    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    enum Oversized: String, CaseIterable {
        case target, targetWithoutEnd, field, fieldCount, trailer

        var request: String {
            let long = String(repeating: "a", count: 20_000)
            switch self {
            case .target: return "POST /\(long) HTTP/1.1\r\nHost: a\r\n\r\n"
            case .targetWithoutEnd: return "POST /\(String(repeating: long, count: 100))"
            case .field: return "POST /echo HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n"
            case .fieldCount: return "POST /echo HTTP/1.1\r\nHost: a\r\n\(String(repeating: "a: b\r\n", count: 101))\r\n"
            case .trailer: return "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: \(long)\r\n\r\n"
            }
        }
    }

    @Test(arguments: Oversized.allCases) func aHeadThatIsTooLargeIsRefused(oversized: Oversized) async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await exchange(server.port, oversized.request)
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
            #expect(answer.contains("at most 16384 bytes and 100 fields"))
        }
    }

    @Test func aBodyAtTheLimitIsTakenAndOneByteMoreIsNot() async throws {
        try await TestServer.with(limits { $0.bodyBytes = 1000 }, echo) { server in
            for (count, status) in [(1000, 200), (1001, 413)] {
                let body = String(repeating: "a", count: count)
                let plain = try await server.request(.POST, "/echo", body: ByteBuffer(string: body))
                #expect(plain.status == status)
                let chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                let chunks = "1f4\r\n\(body.prefix(500))\r\n\(String(count - 500, radix: 16))\r\n\(body.dropFirst(500))\r\n0\r\n\r\n"
                #expect(try await exchange(server.port, chunked + chunks).hasPrefix("HTTP/1.1 \(status) "))
            }
        }
    }

    /// The client sends all of it and only then reads, as simple clients do; it must still see why it was refused.
    @Test(arguments: [true, false]) func aHundredMegabytesAreRefusedInWords(withLength: Bool) async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await blocking {
                let client = try RawClient(port: server.port)
                let framing = withLength ? "Content-Length: 104857600" : "Transfer-Encoding: chunked"
                try client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                let megabyte = [UInt8](repeating: 65, count: 1 << 20)
                for _ in 0..<100 {
                    try client.send(withLength ? megabyte : Array("100000\r\n".utf8) + megabyte + Array("\r\n".utf8))
                }
                return try client.receiveAll()
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.contains("at most 67108864 bytes"))
        }
    }

    @Test func aRealClientSeesTheRefusalOfAHundredMegabytes() async throws {
        // A busy machine may need some time for a hundred megabytes.
        var limits = HTTPLimits()
        limits.lingerTimeout = .seconds(60)
        try await TestServer.with(limits, echo) { server in
            try await withScratchDirectory { folder in
                let file = folder.appending(path: "large").path
                try #require(FileManager.default.createFile(atPath: file, contents: nil) && truncate(file, 100 << 20) == 0)
                let words = ["-sS", "-X", "POST", "-H", "Expect:", "-T", file, "-w", " %{http_code}", server.url + "/echo"]
                let answer = try await Program.run("curl", words)
                #expect(answer.output.contains("too large") && answer.output.hasSuffix(" 413"), "\(answer.output)")
            }
        }
    }

    @Test(arguments: [
        ("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100000000\r\n\r\n", 413),
        ("POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", 404),
        ("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", 405),
    ])
    func aClientThatAsksFirstIsRefusedBeforeItSends(head: String, status: Int) async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await exchange(server.port, head)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        }
    }

    @Test func aClientThatAsksFirstIsToldToGoOn() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await blocking {
                let client = try RawClient(port: server.port)
                try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                let first = try client.receive(until: "\r\n\r\n")
                try client.send("abc")
                return [first, try client.receiveAll()]
            }
            #expect(answer[0] == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(answer[1].hasPrefix("HTTP/1.1 200 ") && answer[1].hasSuffix("abc"))
        }
    }

    @Test(arguments: [
        ("POST /echo HTTP/1.1\r\nHost: a", "The request's head"),
        ("\r\n", "The request's head"),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", "The request's body"),
    ])
    func aRequestThatComesTooSlowlyIsCutOff(start: String, words: String) async throws {
        let short = limits {
            $0.headTimeout = .seconds(1)
            $0.bodyTimeout = .milliseconds(200)
        }
        try await TestServer.with(short, echo) { server in
            let answer = try await exchange(server.port, start)
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains(words))
        }
    }

    /// One byte now and then must not extend the time.
    @Test func aTrickleIsCutOffToo() async throws {
        try await TestServer.with(limits { $0.headTimeout = .milliseconds(300) }, echo) { server in
            let isCutOff = try await blocking {
                let client = try RawClient(port: server.port)
                try client.send("POST /echo HTTP/1.1\r\n")
                for _ in 0..<1000 {
                    guard (try? client.send("X-A: b\r\n")) != nil else { return true }
                    usleep(10_000)
                }
                return false
            }
            #expect(isCutOff)
        }
    }

    @Test func anIdleConnectionIsClosed() async throws {
        try await TestServer.with(limits { $0.headTimeout = .milliseconds(200) }, echo) { server in
            let unused = try await exchange(server.port, "")
            #expect(unused == "")
        }
        try await TestServer.with(limits { $0.idleTimeout = .milliseconds(200) }, echo) { server in
            let used = try await exchange(server.port, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
            #expect(used.hasSuffix("\r\n\r\nok"))
        }
    }

    @Test func aRequestThatWaitsForItsAnswerIsNotIdle() async throws {
        let short = limits {
            $0.bodyTimeout = .milliseconds(100)
            $0.idleTimeout = .milliseconds(100)
        }
        let add = { (router: inout Router) in
            router.on(.get, "/slow") { _, responder in
                Task {
                    try? await Task.sleep(for: .milliseconds(600))
                    responder.respond(200, body: Array("done".utf8))
                }
            }
        }
        try await TestServer.with(short, add) { server in
            let answer = try await server.request(.GET, "/slow")
            #expect(answer.body == "done")
        }
    }

    @Test(arguments: ["keep-alive", "close"]) func aClientThatDoesNotReadItsAnswerIsCutOff(connection: String) async throws {
        let add = { (router: inout Router) in
            router.on(.get, "/large") { _, responder in responder.respond(200, body: [UInt8](repeating: 65, count: 32 << 20)) }
        }
        try await TestServer.with(limits { $0.sendTimeout = .milliseconds(200) }, add) { server in
            let client = try RawClient(port: server.port, receiveBuffer: 4096)
            try client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\n\r\n")
            #expect(try await server.log.next().contains("GET /large"))
            #expect(try await server.log.next().contains("does not read its answer"))
            let received = try await blocking { (try? client.receiveAll()) ?? "" }
            #expect(received.utf8.count < 32 << 20)
        }
    }

    @Test func aConnectionTooManyIsRefusedAndRoomIsFoundAgain() async throws {
        try await TestServer.with(limits { $0.connections = 2 }, echo) { server in
            let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"
            let refused = try await blocking {
                let first = try RawClient(port: server.port)
                let second = try RawClient(port: server.port)
                for client in [first, second] {
                    try client.send(request)
                    _ = try client.receive(until: "ok")
                }
                return try RawClient(port: server.port).receiveAll()
            }
            #expect(refused.hasPrefix("HTTP/1.1 503 "))
            #expect(refused.contains("2 open connections"))
            let isServedAgain = try await blocking {
                for _ in 0..<200 {
                    let client = try RawClient(port: server.port)
                    if (try? client.send(request)) != nil, let answer = try? client.receive(until: "ok"), answer.contains(" 200 ") {
                        return true
                    }
                    usleep(10_000)
                }
                return false
            }
            #expect(isServedAgain)
        }
    }

    @Test func anUnusableLimitIsNamed() async throws {
        let unusable = [
            ("headBytes", limits { $0.headBytes = 0 }),
            ("connections", limits { $0.connections = -1 }),
            ("bodyBytes", limits { $0.bodyBytes = .max }),
            ("idleTimeout", limits { $0.idleTimeout = .zero }),
            ("bodyTimeout", limits { $0.bodyTimeout = .seconds(Int64.max) }),
        ]
        for (name, limits) in unusable {
            let error = await #expect(throws: HTTPServiceError.self) {
                try await TestServer.with(limits, echo) { _ in }
            }
            #expect(error?.description.contains(name) == true)
        }
    }
}
