/// How registries are reached.
public struct RegistryConfiguration: Sendable {
    /// Registries (`host` or `host:port`, as in references) that are asked by http instead of https.
    /// Those on this machine's loopback addresses always are.
    public var insecureRegistries: Set<String> = []
    /// Servers that have copies of a registry's images, by registry; asked in this order before the registry itself.
    public var mirrors: [String: [RegistryMirror]] = [:]
    /// Certificate authorities that are trusted for all registries, besides those that the machine trusts.
    public var authorities: CertificateAuthorities?
    /// Certificate authorities that are trusted for one registry and the token server that it names.
    public var registryAuthorities: [String: CertificateAuthorities] = [:]
    /// User names and passwords by registry, as in references: `docker.io`, `host:5000`; or for a part of a registry alone:
    /// `quay.io/team`.
    public var credentials: [String: RegistryCredentials] = [:]
    /// How long a connection may take to come about.
    public var connectTimeout: Duration = .seconds(10)
    /// How long a server may be silent.
    public var readTimeout: Duration = .seconds(30)
    /// How long a manifest, a configuration or a token may take in all.
    public var documentTimeout: Duration = .seconds(60)
    /// How long one layer may take in all.
    public var layerTimeout: Duration = .seconds(3600)
    /// How often something is tried when the registry cannot be reached or fails.
    public var attempts = 3
    /// The wait before the second attempt; it doubles for each further one.
    public var retryDelay: Duration = .milliseconds(250)

    /// The defaults: https, no credentials.
    public init() {}

    /// A registry's name as it stands in references in full: `docker.io`, `host:5000`.
    ///
    /// - Throws: ``ImageError`` with code `invalidReference`.
    public static func registryName(_ text: String) throws(ImageError) -> String {
        let name = try ReferenceRules.checkedRegistry(text[...], in: text)
        return ["index.docker.io", "registry-1.docker.io"].contains(name) ? "docker.io" : name
    }

    /// Whom a repository is asked as: of several entries the one that says most.
    func credentials(for address: RegistryAddress) -> RegistryCredentials? {
        var name = "\(address.registry)/\(address.repository)"[...]
        while true {
            if let found = credentials[String(name)] { return found }
            guard let slash = name.lastIndex(of: "/") else { return nil }
            name = name[..<slash]
        }
    }

    /// The authorities that are trusted for one registry only, with those for all; nothing: those for all are enough.
    func ownAuthorities(of registry: String) -> CertificateAuthorities? {
        guard let own = registryAuthorities[registry] else { return nil }
        return authorities.map { own + $0 } ?? own
    }

    /// Whether a registry is asked by http.
    func isInsecure(_ registry: String) -> Bool {
        insecureRegistries.contains(registry) || Self.isLoopback(registry)
    }

    private static func isLoopback(_ registry: String) -> Bool {
        if registry == "[::1]" || registry.hasPrefix("[::1]:") { return true }
        let host = registry.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

/// Who asks a registry.
public struct RegistryCredentials: Hashable, Sendable, CustomStringConvertible {
    /// The name of the account.
    public let user: String
    /// Its password or access token.
    public let password: String

    /// An account.
    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// Without the password, so that it does not get into a log.
    public var description: String { "\(user):•••" }
}
