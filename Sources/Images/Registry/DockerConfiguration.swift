import FoundationEssentials

/// The file in which Docker, podman and skopeo keep their logins: `~/.docker/config.json`.
public enum DockerConfiguration {
    private struct Document: Decodable {
        let auths: [String: Entry]?
        let credHelpers: [String: String]?
        let credsStore: String?
    }

    private struct Entry: Decodable {
        let auth: String?
        let username: String?
        let password: String?
        let identitytoken: String?
        let registrytoken: String?
    }

    /// Reads user names and passwords by registry.
    ///
    /// - Parameter what: what is read, for messages: a path or a field.
    /// - Throws: ``ImageError`` with code `invalidDocument` that names the entry; `unsupported` for logins that are kept by a
    ///   helper program or are tokens.
    public static func credentials(in bytes: [UInt8], what: String) throws(ImageError) -> [String: RegistryCredentials] {
        guard bytes.count <= ImageLimits.dockerConfigurationBytes else {
            throw ImageError(.limitExceeded, "\(what) has \(bytes.count) bytes; the limit is \(ImageLimits.dockerConfigurationBytes)")
        }
        let document = try JSONDocument.decode(Document.self, from: bytes, what: what)
        if let helper = document.credsStore ?? document.credHelpers?.values.min(), !helper.isEmpty {
            let field = document.credsStore == nil ? "credHelpers" : "credsStore"
            throw ImageError(
                .unsupported,
                "\(what) leaves its logins to the program docker-credential-\(helper) (\(field)), which is not supported; "
                    + "give a file whose logins stand under auths"
            )
        }
        var credentials: [String: RegistryCredentials] = [:]
        for (name, entry) in document.auths ?? [:] {
            credentials[registry(name)] = try login(entry, "\(what), auths \(quoted(name))")
        }
        return credentials
    }

    /// Reads a file; blocking.
    public static func credentials(file: String) throws(ImageError) -> [String: RegistryCredentials] {
        let bytes = try readFile(file, limit: ImageLimits.dockerConfigurationBytes, what: "Docker configuration")
        return try credentials(in: bytes, what: file)
    }

    private static func login(_ entry: Entry, _ what: String) throws(ImageError) -> RegistryCredentials? {
        guard entry.identitytoken ?? entry.registrytoken ?? "" == "" else {
            throw ImageError(.unsupported, "\(what) is a token, which is not supported; log in with a name and a password")
        }
        if let user = entry.username, !user.isEmpty { return RegistryCredentials(user: user, password: entry.password ?? "") }
        guard let auth = entry.auth, !auth.isEmpty else { return nil }
        guard let data = Data(base64Encoded: auth), let text = String(data: data, encoding: .utf8), let colon = text.firstIndex(of: ":"),
            colon != text.startIndex
        else {
            throw ImageError(.invalidDocument, "\(what): auth is not NAME:PASSWORD in base64")
        }
        return RegistryCredentials(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }

    /// `https://index.docker.io/v1/` is how Docker calls its own registry; others may stand there as a URL, too.
    private static func registry(_ name: String) -> String {
        var rest = name.droppingPrefix("https://") ?? name.droppingPrefix("http://") ?? name
        while rest.hasSuffix("/") { rest.removeLast() }
        for version in ["/v1", "/v2"] where rest.hasSuffix(version) { rest.removeLast(version.count) }
        let host = rest.prefix { $0 != "/" }
        let isDocker = ["index.docker.io", "registry-1.docker.io"].contains(host)
        return isDocker ? "docker.io\(rest.dropFirst(host.count))" : rest
    }
}
