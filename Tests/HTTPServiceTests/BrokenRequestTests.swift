import HTTPService
import NIOHTTP1
import Testing

/// Requests that are no HTTP: each gets a status and words, and the connection ends. None may end the server.
struct BrokenRequestTests {
    private func echo(_ router: inout Router) {
        router.on(.post, "/echo") { request, responder in responder.respond(200, body: request.body) }
    }

    @Test(arguments: [
        ("HELLO\r\n\r\n", 400),
        ("GET\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{0}\u{a5}\u{1}\u{0}\u{0}\r\n\r\n", 400),
        ("GET / HTTP/9.9\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nbad name: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        ("GET /a%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", 413),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: a-pony\r\nContent-Length: 1\r\n\r\n", 417),
    ])
    func isRefused(request: String, status: Int) async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await exchange(server.port, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.contains("Content-Type: text/plain\r\n"))
            #expect(try await server.request(.POST, "/echo").status == 200)
        }
    }

    @Test func aBodyThatStopsShortIsRefused() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await blocking {
                let client = try RawClient(port: server.port)
                try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
                client.closeOutput()
                return try client.receiveAll()
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func whatComesBeforeABrokenRequestIsAnswered() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            let answer = try await exchange(server.port, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nokrubbish\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("\r\n\r\nokHTTP/1.1 400 "))
        }
    }

    /// Random bytes and valid requests with bytes changed, from a fixed seed: whatever comes, the server answers the next client.
    @Test func rubbishDoesNotEndTheServer() async throws {
        try await TestServer.with(HTTPLimits(), echo) { server in
            try await blocking {
                var random = Seeded(state: 7)
                for _ in 0..<300 {
                    var bytes = Array("POST /echo?a=b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
                    for _ in 0..<Int.random(in: 1...8, using: &random) {
                        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                    }
                    let client = try RawClient(port: server.port)
                    try client.send(bytes)
                    client.closeOutput()
                    _ = try client.receiveAll()
                }
            }
            #expect(try await server.request(.POST, "/echo").status == 200)
        }
    }
}

/// SplitMix64: the same numbers in each run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
