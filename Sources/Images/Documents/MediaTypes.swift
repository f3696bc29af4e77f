/// The media types of the documents and layers that Agora understands, Docker's and OCI's.
enum MediaTypes {
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    static let dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    static let ociIndex = "application/vnd.oci.image.index.v1+json"

    static let manifests: Set<String> = [dockerManifest, ociManifest]
    static let indexes: Set<String> = [dockerIndex, ociIndex]
    static let configurations: Set<String> = [
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.oci.image.config.v1+json",
    ]
    /// Whether it is gzip, zstd or plain is seen from the content: labels have been wrong before.
    static let layers: Set<String> = [
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.diff.tar.zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
    ]

    /// What a manifest request accepts.
    static let accepted = [ociIndex, dockerIndex, ociManifest, dockerManifest]

    /// The type without parameters (`; charset=utf-8`), in lower case.
    static func essence(_ header: String) -> String {
        let type = header.prefix { $0 != ";" }.lowercased()
        return String(type.filter { $0 != " " && $0 != "\t" })
    }
}
