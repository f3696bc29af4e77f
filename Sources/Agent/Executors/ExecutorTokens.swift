import AgentCore
import Cluster
import Crypto
import FoundationEssentials
import HTTPService
import MesosAPI

/// The bearer tokens of executors: each binds an executor to its container.
///
/// A token is a JWT (RFC 7519) signed by HMAC-SHA256 (HS256 of RFC 7518), with Mesos's claims `fid`, `eid` and `cid`. The
/// agent is its only issuer and reader, so a header other than its own is no token, and no other algorithm is looked at.
struct ExecutorTokens: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: known to the agent alone, and the same after a restart.
    init(secret: [UInt8]) {
        key = SymmetricKey(data: secret)
    }

    private struct Payload: Codable {
        var cid: String
        var eid: String
        var fid: String
    }

    /// The token of an executor.
    func token(for claims: ExecutorClaims) -> String {
        let payload = Payload(cid: claims.container.description, eid: claims.executor.value, fid: claims.framework.value)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let content = "\(Self.header).\(Self.text((try? encoder.encode(payload)) ?? Data()))"
        return "\(content).\(Self.text(Data(HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: key))))"
    }

    /// What a token says; nothing if this agent did not make it.
    func claims(in token: String) -> ExecutorClaims? {
        let parts = token.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard token.utf8.count <= Self.maximumBytes, parts.count == 3, parts[0] == Self.header,
            let signature = Self.data(parts[2]),
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: Data("\(parts[0]).\(parts[1])".utf8), using: key),
            let payload = Self.data(parts[1]).flatMap({ try? JSONDecoder().decode(Payload.self, from: $0) }),
            let framework = try? FrameworkID(validating: payload.fid), let executor = try? ExecutorID(validating: payload.eid),
            let container = try? ContainerID(validating: payload.cid.split(separator: ".").map(String.init))
        else { return nil }
        return ExecutorClaims(framework: framework, executor: executor, container: container)
    }

    /// What the token of a request says; nothing if it has none.
    ///
    /// - Throws: 401 for a token that this agent did not make.
    func claims(of headers: HTTPFields) throws(Refusal) -> ExecutorClaims? {
        guard let field = headers["Authorization"] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let claims = claims(in: String(parts[1])) else {
            throw Refusal(
                401,
                "Authorization: is no token of this agent; send what MESOS_EXECUTOR_AUTHENTICATION_TOKEN has, as \"Bearer TOKEN\""
            )
        }
        return claims
    }

    /// Base64 as RFC 7515 wants it: for URLs, without padding.
    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func data(_ text: Substring) -> Data? {
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }) else {
            return nil
        }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }

    private static let header = text(Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    /// Three ids of 255 bytes, escaped and encoded, and some room.
    private static let maximumBytes = 8192
}

extension CallResponder {
    /// Refuses in words, and with 401 says how to come in.
    func refuse(_ refusal: Refusal, realm: String) {
        guard refusal.status == 401 else { return refuse(refusal) }
        responder.refuse(401, refusal.message, headers: [("WWW-Authenticate", "Bearer realm=\"\(realm)\"")])
    }
}
