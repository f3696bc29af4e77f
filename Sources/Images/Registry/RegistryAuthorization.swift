import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1
import Synchronization

/// Answers a registry's challenges, and remembers the tokens it got.
final class RegistryAuthorization: Sendable {
    private let configuration: RegistryConfiguration
    private let transport: HTTPTransport
    private let remembered = Mutex<[RegistryAddress: String]>([:])

    private struct Token: Decodable {
        let token: String?
        let accessToken: String?

        enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
        }
    }

    init(_ configuration: RegistryConfiguration, _ transport: HTTPTransport) {
        self.configuration = configuration
        self.transport = transport
    }

    /// The `Authorization` header that worked last.
    func remembered(for address: RegistryAddress) -> String? {
        remembered.withLock { $0[address] }
    }

    /// The `Authorization` header a challenge asks for.
    func answer(_ response: HTTPClientResponse, for address: RegistryAddress) async throws(ImageError) -> String {
        let headers = response.headers["WWW-Authenticate"]
        guard let challenge = AuthenticationChallenge(headers: headers) else {
            throw ImageError(
                .invalidAnswer,
                "\(address.registry) asks for an authentication that is not known: \(quoted(headers.joined(separator: ", ")))"
            )
        }
        let header = try await self.header(for: challenge, address)
        remembered.withLock { remembered in
            if remembered.count >= ImageLimits.rememberedTokens { remembered.removeAll() }
            remembered[address] = header
        }
        return header
    }

    private func header(for challenge: AuthenticationChallenge, _ address: RegistryAddress) async throws(ImageError) -> String {
        switch challenge {
        case .basic:
            guard let header = basicHeader(for: address) else {
                throw ImageError(.unauthorized, "\(address.registry) wants a user name and a password, and none are configured for it")
            }
            return header
        case .bearer(let realm, let service, let scope):
            return "Bearer " + (try await token(realm: realm, service: service, scope: scope, address))
        }
    }

    private func basicHeader(for address: RegistryAddress) -> String? {
        guard let credentials = configuration.credentials(for: address) else { return nil }
        return "Basic " + Data("\(credentials.user):\(credentials.password)".utf8).base64EncodedString()
    }

    private func token(realm: String, service: String?, scope: String?, _ address: RegistryAddress) async throws(ImageError) -> String {
        let url = try tokenURL(realm: realm, service: service, scope: scope, address)
        let headers = basicHeader(for: address).map { [("Authorization", $0)] } ?? []
        let limit = configuration.documentTimeout
        let transport = transport
        let bytes = try await withDeadline(limit, "GET \(url)") { () throws(ImageError) in
            let response = try await transport.get(url, headers: headers, for: address.registry, within: limit)
            try Self.check(response, url, address)
            return try await HTTPTransport.collect(response, limit: ImageLimits.tokenBytes, what: "the token from \(url)")
        }
        let token = try JSONDocument.decode(Token.self, from: bytes, what: "the token from \(url)")
        guard let value = token.token ?? token.accessToken, Self.isHeaderValue(value) else {
            throw ImageError(.invalidAnswer, "the token server \(quoted(realm)) answered without a token")
        }
        return value
    }

    /// The realm is the registry's word: it must be https, so that nobody on the way gets the password, unless the registry
    /// itself is asked by http.
    private func tokenURL(realm: String, service: String?, scope: String?, _ address: RegistryAddress) throws(ImageError) -> String {
        guard var components = URLComponents(string: realm), let url = components.url, let origin = Origin(url),
            origin.scheme == "https" || address.isInsecure, components.user == nil
        else {
            throw ImageError(.invalidAnswer, "\(address.registry) names \(quoted(realm)) as its token server, which is no https address")
        }
        var items = components.queryItems ?? []
        if let service { items.append(URLQueryItem(name: "service", value: service)) }
        items.append(URLQueryItem(name: "scope", value: scope ?? "repository:\(address.repository):pull"))
        components.queryItems = items
        guard let result = components.string else {
            throw ImageError(.invalidAnswer, "\(address.registry) names the token server \(quoted(realm)), which makes no address")
        }
        return result
    }

    private static func check(_ response: HTTPClientResponse, _ url: String, _ address: RegistryAddress) throws(ImageError) {
        switch response.status.code {
        case 200: return
        case 400, 401, 403, 404:
            throw ImageError(
                .unauthorized,
                "the token server refuses a token for \(address.registry)/\(address.repository) (\(response.status.code)): "
                    + "the image does not exist, or the credentials are missing or wrong"
            )
        case 429, 500...599: throw ImageError(.unreachable, "GET \(url) was answered with status \(response.status.code)")
        default: throw ImageError(.invalidAnswer, "GET \(url) was answered with status \(response.status.code)")
        }
    }

    private static func isHeaderValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
}
