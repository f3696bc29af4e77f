import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The HTTP client of one store. It follows no redirects and decompresses nothing by itself: both are decided here.
final class HTTPTransport: Sendable {
    private let client: HTTPClient
    private let configuration: RegistryConfiguration

    init(_ configuration: RegistryConfiguration) {
        self.configuration = configuration
        var settings = HTTPClient.Configuration()
        settings.tlsConfiguration = configuration.authorities?.tls
        settings.redirectConfiguration = .disallow
        settings.decompression = .disabled
        // HTTP/1 alone, so that the guard stands before every answer.
        settings.httpVersion = .http1Only
        settings.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try ResponseHeadGuard.install(on: channel) }
        }
        settings.timeout = .init(
            connect: TimeAmount(configuration.connectTimeout),
            read: TimeAmount(configuration.readTimeout)
        )
        // What fails is tried again by the registry client, which knows what is worth it.
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
    }

    deinit {
        client.shutdown { _ in }
    }

    /// Sends a GET and returns the head of the answer; the body is read by the caller.
    ///
    /// - Parameter registry: on whose behalf, which decides which certificates are trusted.
    func get(
        _ url: String,
        headers: [(String, String)],
        for registry: String,
        within limit: Duration
    ) async throws(ImageError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.tlsConfiguration = configuration.ownAuthorities(of: registry)?.tls
        request.headers.add(name: "User-Agent", value: "agora")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        do {
            return try await client.execute(request, timeout: TimeAmount(limit))
        } catch {
            throw Self.failure(error, "GET \(url)")
        }
    }

    /// Reads a whole body.
    ///
    /// - Throws: ``ImageError`` with code `limitExceeded` when it is longer than `limit` bytes, however long it says it is.
    static func collect(_ response: HTTPClientResponse, limit: Int, what: String) async throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var body = response.body.makeAsyncIterator()
        while let buffer = try await next(&body, what) {
            guard bytes.count + buffer.readableBytes <= limit else {
                throw ImageError(.limitExceeded, "\(what) is longer than \(limit) bytes, which is the limit")
            }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    /// The next piece of a body, `nil` at its end.
    static func next(_ body: inout HTTPClientResponse.Body.AsyncIterator, _ what: String) async throws(ImageError) -> ByteBuffer? {
        do {
            return try await body.next()
        } catch {
            throw failure(error, what)
        }
    }

    private static func failure(_ error: any Error, _ what: String) -> ImageError {
        if error is CancellationError || (error as? HTTPClientError) == .cancelled { return ImageError(.cancelled, "cancelled") }
        if error is ResponseHeadGuard.Exceeded {
            return ImageError(.invalidAnswer, "\(what) failed: the server sends headers without end")
        }
        return ImageError(.unreachable, "\(what) failed: \(quoted(String(describing: error)))")
    }
}
