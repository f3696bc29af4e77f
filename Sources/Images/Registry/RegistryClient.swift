import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1

/// Asks registries: authentication, redirects, retries, and what the status codes mean.
final class RegistryClient: Sendable {
    let configuration: RegistryConfiguration
    private let transport: HTTPTransport
    private let authorization: RegistryAuthorization

    init(_ configuration: RegistryConfiguration) {
        self.configuration = configuration
        transport = HTTPTransport(configuration)
        authorization = RegistryAuthorization(configuration, transport)
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
    func get(_ url: String, accept: [String], of address: RegistryAddress, what: String) async throws(ImageError) -> HTTPClientResponse {
        let remembered = authorization.remembered(for: address)
        var response = try await follow(url, accept: accept, authorization: remembered, of: address)
        if response.status.code == 401 {
            let header = try await authorization.answer(response, for: address)
            response = try await follow(url, accept: accept, authorization: header, of: address)
        }
        guard response.status.code == 200 else { throw await Self.refusal(response, url, what, address) }
        return response
    }

    /// Follows redirects. The `Authorization` goes only where the request was meant to go (CVE-2020-15157 was the opposite).
    private func follow(
        _ url: String,
        accept: [String],
        authorization: String?,
        of address: RegistryAddress
    ) async throws(ImageError) -> HTTPClientResponse {
        guard var current = URL(string: url), let home = Origin(current) else {
            throw ImageError(.invalidReference, "\(quoted(url)) is not an address")
        }
        for _ in 0...ImageLimits.redirects {
            var headers = accept.map { ("Accept", $0) }
            if let authorization, Origin(current) == home { headers.append(("Authorization", authorization)) }
            let response = try await transport.get(current.absoluteString, headers: headers, within: configuration.documentTimeout)
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
