/// Where an image is to be had: in a registry, in an OCI layout folder, or in a docker-archive file.
///
/// | text | meaning |
/// |---|---|
/// | `busybox` | `docker.io/library/busybox:latest` |
/// | `host:5000/team/tool:1.2` | tag `1.2` of `team/tool` in the registry at `host:5000` |
/// | `busybox@sha256:…` | exactly this manifest, whatever the tag says today |
/// | `oci:/path[:tag]` | an image layout folder as skopeo, umoci and buildah write it |
/// | `docker-archive:/path.tar[:reference]` | a file that `docker save` wrote |
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// The three places an image may come from.
    public enum Location: Hashable, Sendable {
        /// A registry that speaks the Docker Registry HTTP API V2, also called OCI distribution.
        case registry(RegistryImage)
        /// A folder, by absolute path; `tag` is the `org.opencontainers.image.ref.name` of one of its manifests.
        case layout(path: String, tag: String?)
        /// A file, by absolute path; `reference` is one of its `RepoTags` in full form.
        case dockerArchive(path: String, reference: String?)
    }

    /// Where the image is.
    public let location: Location

    init(location: Location) {
        self.location = location
    }

    /// The reference in full, with every default written out: equal references have equal descriptions.
    public var description: String {
        switch location {
        case .registry(let image): image.description
        case .layout(let path, let tag): "oci:\(path)\(tag.map { ":\($0)" } ?? "")"
        case .dockerArchive(let path, let reference): "docker-archive:\(path)\(reference.map { ":\($0)" } ?? "")"
        }
    }
}

/// A repository in a registry, and which of its images.
public struct RegistryImage: Hashable, Sendable, CustomStringConvertible {
    /// Host and optional port: `docker.io`, `localhost:5000`, `[::1]:5000`.
    public let registry: String
    /// `library/busybox`: lower case, without the registry.
    public let repository: String
    /// The name the repository gives the image; `nil` only if a digest is given.
    public let tag: String?
    /// The manifest's digest; it decides, if both are given.
    public let digest: ImageDigest?

    /// `registry/repository:tag@digest`.
    public var description: String {
        "\(registry)/\(repository)\(tag.map { ":\($0)" } ?? "")\(digest.map { "@\($0)" } ?? "")"
    }
}
