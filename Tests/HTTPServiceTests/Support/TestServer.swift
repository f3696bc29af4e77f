import AsyncHTTPClient
import HTTPService
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// A server for the length of one test, on a free port, with its log kept.
struct TestServer: Sendable {
    let server: HTTPServer
    let log: Events<String>

    var port: Int { server.port }
    var url: String { "http://127.0.0.1:\(port)" }

    static func with<Result: Sendable>(
        _ limits: HTTPLimits = HTTPLimits(),
        _ addRoutes: (inout Router) -> Void,
        body: (TestServer) async throws -> Result
    ) async throws -> Result {
        try await with(HTTPServerConfiguration(port: 0, limits: limits), addRoutes, body: body)
    }

    static func with<Result: Sendable>(
        _ configuration: HTTPServerConfiguration,
        _ addRoutes: (inout Router) -> Void,
        body: (TestServer) async throws -> Result
    ) async throws -> Result {
        var router = Router()
        addRoutes(&router)
        let log = Events<String>()
        let logger = Logger(label: "http") { _ in KeptLog(events: log) }
        let test = TestServer(server: try await HTTPServer.start(configuration, router: router, logger: logger), log: log)
        do {
            let result = try await body(test)
            await test.server.shutdown()
            return result
        } catch {
            await test.server.shutdown()
            throw error
        }
    }

    /// One request by a real client; redirects, compression and connections as it does them.
    func request(
        _ method: HTTPMethod = .GET,
        _ path: String,
        headers: [(String, String)] = [],
        body: ByteBuffer? = nil,
        at base: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: (base ?? url) + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(body) }
        let response = try await Self.client.execute(request, timeout: .seconds(30))
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: String(buffer: try await response.body.collect(upTo: 1 << 28))
        )
    }

    /// It does not ask for gzip. It lives as long as the test process.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: HTTPClient.Configuration(decompression: .disabled)
    )

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }
}

/// Keeps log lines with their level and metadata.
private struct KeptLog: LogHandler {
    let events: Events<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        events.add("\(event.level) \(event.message) \(event.metadata?.description ?? "")")
    }
}
