/// A source whose images are described by manifests and indexes: registries and layouts.
protocol ManifestSource: ImageSource {
    /// The document the reference names.
    func rootManifest(limits: ImageLimits) async throws(ImageError) -> FetchedManifest

    /// A document of an index, verified by its digest.
    func manifest(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> FetchedManifest

    /// A configuration document, verified by its digest.
    func configuration(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> [UInt8]
}

/// The bytes of a manifest or index.
struct FetchedManifest: Sendable {
    let bytes: [UInt8]
    let contentType: String?
    let digest: ImageDigest
}

extension ManifestSource {
    func resolve(for platform: ImagePlatform, limits: ImageLimits) async throws(ImageError) -> ResolvedImage {
        let root = try await rootManifest(limits: limits)
        var current = root
        for _ in 0...ImageLimits.indexDepth {
            let what = "manifest \(current.digest)"
            switch try ManifestDocument(from: current.bytes, contentType: current.contentType, what: what) {
            case .index(let manifests):
                let chosen = try platform.choose(from: manifests, what: "index \(current.digest)")
                current = try await manifest(chosen, limits: limits)
            case .manifest(let document):
                return try await resolve(document, current, root: root, platform, limits)
            }
        }
        throw ImageError(.limitExceeded, "more than \(ImageLimits.indexDepth) indexes stand between the reference and a manifest")
    }

    private func resolve(
        _ manifest: ImageManifest,
        _ fetched: FetchedManifest,
        root: FetchedManifest,
        _ platform: ImagePlatform,
        _ limits: ImageLimits
    ) async throws(ImageError) -> ResolvedImage {
        try check(manifest, limits)
        let bytes = try await configuration(manifest.config, limits: limits)
        let what = "configuration \(manifest.config.digest)"
        let document = try ConfigurationDocument.read(bytes, layers: manifest.layers.count, platform: platform, what: what)
        let layers = zip(manifest.layers, document.rootfs.diffIDs).map { layer, diffID in
            LayerSource(diffID: diffID, digest: layer.digest, size: layer.size, name: layer.digest.description)
        }
        return ResolvedImage(
            digest: fetched.digest,
            indexDigest: root.digest == fetched.digest ? nil : root.digest,
            layers: layers,
            configuration: document.imageConfiguration
        )
    }

    private func check(_ manifest: ImageManifest, _ limits: ImageLimits) throws(ImageError) {
        guard manifest.layers.count <= limits.layers else {
            throw ImageError(.limitExceeded, "the image has \(manifest.layers.count) layers; the limit is \(limits.layers)")
        }
        for layer in manifest.layers where !(0...limits.blobBytes).contains(layer.size) {
            throw ImageError(.limitExceeded, "layer \(layer.digest) has \(layer.size) bytes; the limit is \(limits.blobBytes)")
        }
    }
}

extension ContentDescriptor {
    /// Compares a small document with what was promised of it.
    func verify(_ bytes: [UInt8], what: String) throws(ImageError) {
        guard Int64(bytes.count) == size else {
            throw ImageError(.sizeMismatch, "\(what) \(digest) has \(bytes.count) bytes, expected \(size)")
        }
        let actual = ImageDigest(of: bytes)
        guard actual == digest else { throw ImageError(.digestMismatch, "\(what) digest is \(actual), expected \(digest)") }
    }

    /// Refuses a document before it is fetched.
    func check(limit: Int, what: String) throws(ImageError) {
        guard (0...Int64(limit)).contains(size) else {
            throw ImageError(.limitExceeded, "\(what) \(digest) has \(size) bytes; the limit is \(limit)")
        }
    }
}
