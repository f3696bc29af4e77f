import AsyncHTTPClient
import FoundationEssentials
import Images
import NIOCore
import NIOHTTP1

/// Asks servers for files. Redirects are followed here, content is taken as it is sent, and headers are bounded.
final class HTTPFiles: Sendable {
    private let client: HTTPClient

    init() {
        var settings = HTTPClient.Configuration()
        settings.redirectConfiguration = .disallow
        settings.decompression = .disabled
        // HTTP/1 alone, so that the guard stands before every answer.
        settings.httpVersion = .http1Only
        settings.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try ResponseHeadGuard.install(on: channel) }
        }
        settings.timeout.connect = TimeAmount(FetchLimits.connectTimeout)
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
    }

    deinit {
        client.shutdown { _ in }
    }

    /// The answer that brings the file; its body is yet to be read.
    func open(_ url: URL) async throws(FetchError) -> HTTPClientResponse {
        let authorization = Self.authorization(of: url)
        var current = url
        for _ in 0...FetchLimits.redirects {
            // Credentials go only where they were meant to go.
            let isHome = current.host() == url.host() && current.port == url.port && current.scheme == url.scheme
            let response = try await get(current, authorization: isHome ? authorization : nil)
            switch response.status.code {
            case 200: return response
            case 301, 302, 303, 307, 308: current = try Self.redirect(response, from: current)
            case 404, 410: throw FetchError(.notFound, "the server has no such file (status \(response.status.code))")
            case 401, 403: throw FetchError(.forbidden, "the server refuses the file (status \(response.status.code))")
            default: throw FetchError(.unreachable, "the server answers with status \(response.status.code) instead of the file")
            }
        }
        throw FetchError(.unreachable, "the server redirects more than \(FetchLimits.redirects) times")
    }

    private func get(_ url: URL, authorization: String?) async throws(FetchError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.headers.add(name: "User-Agent", value: "agora")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        do {
            return try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func redirect(_ response: HTTPClientResponse, from url: URL) throws(FetchError) -> URL {
        let location = response.headers.first(name: "Location") ?? ""
        guard let target = URL(string: location, relativeTo: url)?.absoluteURL, let scheme = target.scheme?.lowercased(),
            ["http", "https"].contains(scheme), target.host()?.isEmpty == false
        else {
            throw FetchError(.unreachable, "the server redirects to \(quoted(location)), which is no http or https address")
        }
        guard scheme == "https" || url.scheme?.lowercased() == "http" else {
            throw FetchError(.unreachable, "the server redirects from https to http: \(quoted(location))")
        }
        return target
    }

    /// `user:password` before the host, as curl sends it (RFC 7617).
    private static func authorization(of url: URL) -> String? {
        guard let user = url.user(percentEncoded: false) else { return nil }
        let text = "\(user):\(url.password(percentEncoded: false) ?? "")"
        return "Basic \(Data(text.utf8).base64EncodedString())"
    }

    static func failure(_ error: any Error) -> FetchError {
        if error is CancellationError || (error as? HTTPClientError) == .cancelled { return .cancelled }
        if error is ResponseHeadGuard.Exceeded { return FetchError(.unreachable, "the server sends headers without end") }
        return FetchError(.unreachable, "the download failed: \(quoted(String(describing: error)))")
    }
}

extension HTTPClientResponse {
    /// What Content-Length promises; nothing without one.
    var announcedLength: Int64? {
        headers.first(name: "Content-Length").flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
