/// What a `WWW-Authenticate` header asks for (RFC 9110 §11.6.1, RFC 6750 §3, "Docker Registry v2 authentication via token server").
enum AuthenticationChallenge: Hashable, Sendable {
    /// A token of the server at `realm`.
    case bearer(realm: String, service: String?, scope: String?)
    /// User name and password.
    case basic

    /// The challenge to answer, of all a response makes: a token if one is offered.
    init?(headers: [String]) {
        let challenges = headers.compactMap(Self.init(header:))
        guard let best = challenges.first(where: { $0 != .basic }) ?? challenges.first else { return nil }
        self = best
    }

    /// Reads one challenge; `nil` if it is of another kind or malformed.
    init?(header: String) {
        guard header.utf8.count <= ImageLimits.challengeBytes else { return nil }
        let scheme = header.prefix { $0 != " " }
        let parameters = Self.parameters(header.dropFirst(scheme.count))
        switch scheme.lowercased() {
        case "basic": self = .basic
        case "bearer":
            guard let realm = parameters["realm"] else { return nil }
            self = .bearer(realm: realm, service: parameters["service"], scope: parameters["scope"])
        default: return nil
        }
    }

    /// `name="value", name=value`. A value in quotes may have commas, and quotes after a backslash.
    private static func parameters(_ text: Substring) -> [String: String] {
        var rest = text
        var result: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let name = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(name.count + 1)
            guard !name.isEmpty else { return result }
            result[name.lowercased()] = value(&rest)
        }
    }

    private static func value(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != "," && $0 != " " }
            rest = rest.dropFirst(value.count)
            return String(value)
        }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            guard character == "\\", let escaped = rest.popFirst() else {
                value.append(character)
                continue
            }
            value.append(escaped)
        }
        return value
    }
}
