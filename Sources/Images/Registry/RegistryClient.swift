import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOHTTP1

/// Asks registries: authentication, redirects, retries, and what the status codes mean.
final class RegistryClient: Sendable {
    let configuration: RegistryConfiguration
    let logger: Logger
    /// Tells clients with different credentials apart.
    let asker: String
    private let transport: HTTPTransport
    private let authorization: RegistryAuthorization

    convenience init(_ configuration: RegistryConfiguration, logger: Logger) {
        self.init(configuration, HTTPTransport(configuration), logger)
    }

    private init(
        _ configuration: RegistryConfiguration,
        _ transport: HTTPTransport,
        _ logger: Logger,
        asker: String = ""
    ) {
        self.asker = asker
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        authorization = RegistryAuthorization(configuration, transport)
    }

    /// The same client, or one that has further credentials, and remembers its tokens for itself.
    func asking(with credentials: [String: RegistryCredentials]) -> RegistryClient {
        guard !credentials.isEmpty else { return self }
        var configuration = configuration
        configuration.credentials.merge(credentials) { $1 }
        let logins = credentials.map { "\($0) \($1.user) \($1.password)" }.sorted().joined(separator: "\n")
        return RegistryClient(configuration, transport, logger, asker: ImageDigest(of: Array(logins.utf8)).hex)
    }

    /// A small document with its headers.
    ///
    /// - Parameter what: what it is, for messages: `manifest latest`.
    func document(
        _ url: String,
        accept: [String],
        of address: RegistryAddress,
        limit: Int,
        what: String
    ) async throws(ImageError) -> (bytes: [UInt8], response: HTTPClientResponse) {
        try await retrying { () throws(ImageError) in
            try await withDeadline(self.configuration.documentTimeout, "GET \(url)") { () throws(ImageError) in
                let response = try await self.get(url, accept: accept, of: address, what: what)
                return (try await HTTPTransport.collect(response, limit: limit, what: what), response)
            }
        }
    }

    /// Tries again what may succeed later, a limited number of times.
    func retrying<Value: Sendable>(_ work: @Sendable () async throws(ImageError) -> Value) async throws(ImageError) -> Value {
        var delay = configuration.retryDelay
        var attempt = 1
        while true {
            do throws(ImageError) {
                return try await work()
            } catch {
                guard error.isTransient, attempt < configuration.attempts else { throw error }
            }
            attempt += 1
            do { try await Task.sleep(for: delay) } catch { throw ImageError(.cancelled, "cancelled") }
            delay *= 2
        }
    }

    /// The successful answer to a GET; its body is yet to be read.
    ///
    /// - Parameter offset: ask for what comes after so many bytes; the answer may be the whole (200), the rest (206), or that
    ///   there is no such rest (416).
    func get(
        _ url: String,
        accept: [String],
        from offset: Int64 = 0,
        of address: RegistryAddress,
        what: String
    ) async throws(ImageError) -> HTTPClientResponse {
        let headers = accept.map { ("Accept", $0) } + (offset > 0 ? [("Range", "bytes=\(offset)-")] : [])
        var response = try await follow(url, headers, authorization: authorization.remembered(for: address), of: address)
        if response.status.code == 401 {
            let header = try await authorization.answer(response, for: address)
            response = try await follow(url, headers, authorization: header, of: address)
        }
        let status = response.status.code
        guard status == 200 || (offset > 0 && (status == 206 || status == 416)) else {
            throw await Self.refusal(response, url, what, address)
        }
        return response
    }

    /// Follows redirects. The `Authorization` goes only where the request was meant to go (CVE-2020-15157 was the opposite).
    private func follow(
        _ url: String,
        _ common: [(String, String)],
        authorization: String?,
        of address: RegistryAddress
    ) async throws(ImageError) -> HTTPClientResponse {
        guard var current = URL(string: url), let home = Origin(current) else {
            throw ImageError(.invalidReference, "\(quoted(url)) is not an address")
        }
        for _ in 0...ImageLimits.redirects {
            var headers = common
            if let authorization, Origin(current) == home { headers.append(("Authorization", authorization)) }
            let response = try await transport.get(
                current.absoluteString,
                headers: headers,
                for: address.registry,
                within: configuration.documentTimeout
            )
            guard [301, 302, 303, 307, 308].contains(response.status.code) else { return response }
            current = try redirect(response, from: current, address)
        }
        throw ImageError(.invalidAnswer, "GET \(url) was redirected more than \(ImageLimits.redirects) times")
    }

    private func redirect(_ response: HTTPClientResponse, from url: URL, _ address: RegistryAddress) throws(ImageError) -> URL {
        let location = response.headers.first(name: "Location") ?? ""
        guard let target = URL(string: location, relativeTo: url)?.absoluteURL, let origin = Origin(target) else {
            throw ImageError(.invalidAnswer, "GET \(url.absoluteString) was redirected to \(quoted(location)), which is no address")
        }
        guard origin.scheme == "https" || address.isInsecure else {
            throw ImageError(.invalidAnswer, "GET \(url.absoluteString) was redirected from https to http: \(quoted(location))")
        }
        return target
    }

    private static func refusal(
        _ response: HTTPClientResponse,
        _ url: String,
        _ what: String,
        _ address: RegistryAddress
    ) async -> ImageError {
        let status = response.status.code
        let detail = await RegistryErrorBody.read(response).map { ": \($0)" } ?? ""
        switch status {
        case 401, 403:
            return ImageError(.unauthorized, "\(address.registry) refuses \(what) with status \(status)\(detail); check its credentials")
        case 404:
            return ImageError(.notFound, "\(address.registry) has no \(what) in \(address.repository) (status 404)\(detail)")
        case 429, 500...599:
            return ImageError(.unreachable, "GET \(url) was answered with status \(status)\(detail)")
        default:
            return ImageError(.invalidAnswer, "GET \(url) was answered with status \(status)\(detail)")
        }
    }
}
