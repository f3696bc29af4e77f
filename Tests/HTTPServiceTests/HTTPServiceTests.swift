import AsyncHTTPClient
import HTTPService
import Logging
import NIOCore
import NIOHTTP1
import Testing

@Test func answersASmallPost() async throws {
    var router = Router()
    router.on(.post, "/echo") { request, responder in responder.respond(200, body: request.body) }
    let server = try await HTTPServer.start(HTTPServerConfiguration(port: 0), router: router, logger: Logger(label: "test"))
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/echo")
    request.method = .POST
    request.body = .bytes(ByteBuffer(string: "hello"))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
    #expect(response.status == .ok)
    #expect(try await response.body.collect(upTo: 100) == ByteBuffer(string: "hello"))
    await server.shutdown()
}
