import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPService

/// Compression, both ways.
struct GzipTests {
    private func routes(_ router: inout Router) {
        router.on(.post, "/echo") { request, responder in responder.respond(200, body: request.body) }
        router.on(.get, "/letters") { request, responder in
            responder.respond(200, body: [UInt8](repeating: 97, count: Int(request.query["n"] ?? "") ?? 0))
        }
        router.on(.get, "/encoded") { _, responder in
            responder.respond(200, headers: [("content-encoding", "br")], body: [UInt8](repeating: 97, count: 5000))
        }
    }

    @Test(arguments: [
        ("gzip", 5000, true), ("gzip", 500_000, true), ("deflate, gzip;q=0.5", 5000, true), ("*", 5000, true), ("GZIP", 5000, true),
        ("gzip", 1023, false), ("gzip;q=0", 5000, false), ("deflate", 5000, false), ("", 5000, false), ("gzip;q=x", 5000, false),
        ("gzip", 0, false),
    ])
    func answersAreCompressedForThoseWhoAccept(acceptEncoding: String, count: Int, isCompressed: Bool) async throws {
        try await TestServer.with(HTTPLimits(), routes) { server in
            let raw = try await exchangeBytes(
                server.port,
                "GET /letters?n=\(count) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n"
            )
            let (head, body) = try split(raw)
            #expect(head.contains("Content-Encoding: gzip") == isCompressed)
            #expect(head.contains("Content-Length: \(body.readableBytes)\r\n"))
            let plain = isCompressed ? try Gzip.decompress(body, limit: 1 << 20) : body
            #expect(plain == ByteBuffer(repeating: 97, count: count))
        }
    }

    @Test func aRealClientThatAsksForGzipUnderstandsIt() async throws {
        let text = (0..<20_000).map { "\($0 * 7919 % 104_729)" }.joined(separator: " ")
        let add = { (router: inout Router) in
            router.on(.get, "/numbers") { _, responder in responder.respond(200, body: Array(text.utf8)) }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: server.url + "/numbers"), timeout: .seconds(10))
            #expect(response.headers["Content-Encoding"] == ["gzip"])
            let body = try await response.body.collect(upTo: 1 << 20)
            #expect(String(buffer: body) == text)
        }
    }

    @Test func whatIsEncodedIsLeftAlone() async throws {
        try await TestServer.with(HTTPLimits(), routes) { server in
            let answer = try await server.request(.GET, "/encoded", headers: [("Accept-Encoding", "gzip")])
            #expect(answer.headers["Content-Encoding"] == ["br"])
        }
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP", "identity"]) func compressedRequestsAreDecoded(coding: String) async throws {
        try await TestServer.with(HTTPLimits(), routes) { server in
            let plain = ByteBuffer(string: String(repeating: "hello ", count: 50_000))
            let body = try #require(coding == "identity" ? plain : Gzip.compress(plain))
            let answer = try await server.request(.POST, "/echo", headers: [("Content-Encoding", coding)], body: body)
            #expect(answer.status == 200)
            #expect(answer.body == String(buffer: plain))
        }
    }

    @Test func aBombIsRefused() async throws {
        var limits = HTTPLimits()
        limits.inflatedBodyBytes = 1 << 20
        try await TestServer.with(limits, routes) { server in
            let bomb = try #require(Gzip.compress(ByteBuffer(repeating: 0, count: 200 << 20)))
            let answer = try await server.request(.POST, "/echo", headers: [("Content-Encoding", "gzip")], body: bomb)
            #expect(answer.status == 413)
            #expect(answer.body.contains("1048576 bytes"))
        }
    }

    @Test(arguments: [
        ("gzip", "not gzip at all", 400, "not valid gzip"),
        ("br", "abc", 415, "send gzip"),
        ("gzip, gzip", "abc", 415, "send gzip"),
    ])
    func whatCannotBeDecodedIsRefused(coding: String, body: String, status: Int, words: String) async throws {
        try await TestServer.with(HTTPLimits(), routes) { server in
            let answer = try await server.request(.POST, "/echo", headers: [("Content-Encoding", coding)], body: ByteBuffer(string: body))
            #expect(answer.status == status)
            #expect(answer.body.contains(words))
        }
    }

    @Test func everyTruncationAndMostChangesAreNoticed() throws {
        let plain = ByteBuffer(string: (0..<100).map { "line \($0 * $0)" }.joined(separator: "\n"))
        let packed = try #require(Gzip.compress(plain))
        for count in 0..<packed.readableBytes {
            let short = try #require(packed.getSlice(at: packed.readerIndex, length: count))
            #expect(throws: Gzip.Problem.self) { try Gzip.decompress(short, limit: 1 << 20) }
        }
        for index in 10..<packed.readableBytes {
            var changed = packed
            let byte = try #require(packed.getInteger(at: index, as: UInt8.self))
            changed.setInteger(byte ^ 0x55, at: index)
            let result = try? Gzip.decompress(changed, limit: 1 << 20)
            #expect(result == nil)
        }
    }

    @Test func aFileOfSeveralMembersIsOneBody() throws {
        var packed = try #require(Gzip.compress(ByteBuffer(string: "one ")))
        packed.writeImmutableBuffer(try #require(Gzip.compress(ByteBuffer(string: "two"))))
        #expect(try Gzip.decompress(packed, limit: 100) == ByteBuffer(string: "one two"))
        #expect(throws: Gzip.Problem.tooLarge(limit: 6)) { try Gzip.decompress(packed, limit: 6) }
        #expect(try Gzip.decompress(packed, limit: 7) == ByteBuffer(string: "one two"))
    }

    private func exchangeBytes(_ port: Int, _ text: String) async throws -> [UInt8] {
        try await blocking {
            let client = try RawClient(port: port)
            try client.send(text)
            var all: [UInt8] = []
            while case let bytes = try client.receive(), !bytes.isEmpty { all += bytes }
            return all
        }
    }

    private func split(_ bytes: [UInt8]) throws -> (String, ByteBuffer) {
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        return (String(decoding: bytes[..<end.upperBound], as: UTF8.self), ByteBuffer(bytes: bytes[end.upperBound...]))
    }
}
