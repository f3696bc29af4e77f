/// Some content by type, digest and size (OCI image specification, "Content Descriptors").
struct ContentDescriptor: Hashable, Sendable, Decodable {
    let mediaType: String
    let digest: ImageDigest
    /// In bytes.
    let size: Int64
    var platform: PlatformDocument?
    var annotations: [String: String]?

    /// The name of a manifest within an image layout's index.
    var referenceName: String? { annotations?["org.opencontainers.image.ref.name"] }
}

/// The platform of one manifest of an index.
struct PlatformDocument: Hashable, Sendable, Decodable {
    let architecture: String
    let os: String
    var variant: String?

    var description: String { "\(os)/\(architecture)\(variant.map { "/\($0)" } ?? "")" }
}
