import FoundationEssentials

/// Where a repository's registry is, and the URLs of what it has ("OCI Distribution Specification", endpoints).
struct RegistryAddress: Hashable, Sendable {
    /// As in references; of a mirror its host.
    let registry: String
    let repository: String
    /// Whether http is used.
    let isInsecure: Bool
    private let root: String

    /// The registry itself.
    init(_ image: RegistryImage, _ configuration: RegistryConfiguration) {
        registry = image.registry
        repository = image.repository
        isInsecure = configuration.isInsecure(image.registry)
        // Docker Hub's references say docker.io; its registry is another host.
        let host = registry == "docker.io" ? "registry-1.docker.io" : registry
        root = "\(isInsecure ? "http" : "https")://\(host)/v2/\(repository)"
    }

    /// One of its mirrors, which has the image's repository under the same name.
    init(_ mirror: RegistryMirror, _ image: RegistryImage) {
        registry = mirror.host
        repository = image.repository
        isInsecure = mirror.isInsecure
        root = "\(mirror.root)/v2/\(repository)"
    }

    func manifest(_ reference: String) -> String { "\(root)/manifests/\(reference)" }

    func blob(_ digest: ImageDigest) -> String { "\(root)/blobs/\(digest)" }
}

/// Scheme, host and port: what decides whether a secret may go along (RFC 6454).
struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int

    init?(_ url: URL) {
        guard let scheme = url.scheme?.lowercased(), let host = url.host?.lowercased(), !host.isEmpty else { return nil }
        guard scheme == "http" || scheme == "https" else { return nil }
        self.scheme = scheme
        self.host = host
        port = url.port ?? (scheme == "https" ? 443 : 80)
    }
}
