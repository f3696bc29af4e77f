/// A file as `docker save` and `skopeo copy … docker-archive:` write it: a tar of `manifest.json`, configurations and layers.
struct DockerArchiveSource: ImageSource {
    let path: String
    let reference: String?

    var place: String { "docker-archive:\(path)" }

    private struct Item: Decodable {
        let config: String
        let repoTags: [String]?
        let layers: [String]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case repoTags = "RepoTags"
            case layers = "Layers"
        }
    }

    func stamps() -> [FileStamp]? { FileStamp(of: path).map { [$0] } }

    func resolve(for platform: ImagePlatform, limits: ImageLimits) async throws(ImageError) -> ResolvedImage {
        try await blocking { (cancellation) throws(ImageError) in
            let archive = DockerArchiveFile(path: path)
            let manifest = try archive.document("manifest.json", limit: limits.manifestBytes, cancellation)
            let items = try JSONDocument.decode([Item].self, from: manifest, what: "manifest.json of \(place)")
            let item = try choose(from: items)
            guard item.layers.count <= limits.layers else {
                throw ImageError(.limitExceeded, "the image has \(item.layers.count) layers; the limit is \(limits.layers)")
            }
            let bytes = try archive.document(item.config, limit: limits.configurationBytes, cancellation)
            let digest = ImageDigest(of: bytes)
            if let expected = Self.digest(inName: item.config), expected != digest {
                throw ImageError(.digestMismatch, "configuration digest is \(digest), expected \(expected)")
            }
            let document = try ConfigurationDocument.read(
                bytes,
                layers: item.layers.count,
                platform: platform,
                what: "configuration \(digest)"
            )
            let layers = zip(item.layers, document.rootfs.diffIDs).map { name, diffID in
                LayerSource(diffID: diffID, digest: Self.layerDigest(inName: name), size: nil, name: name)
            }
            return ResolvedImage(digest: digest, indexDigest: nil, layers: layers, configuration: document.imageConfiguration)
        }
    }

    func openLayer(
        _ layer: LayerSource,
        temporaryIn folder: StoreFolder,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ImageError) -> BlobFile {
        try await blocking { (cancellation) throws(ImageError) in
            let blob = try BlobFile(temporaryIn: folder.temporary, name: folder.temporaryName())
            try DockerArchiveFile(path: path).read(layer.name) { (bytes) throws(ImageError) in
                try cancellation.check()
                try blob.append(bytes)
                progress(blob.count)
            }
            try blob.verify(digest: layer.digest, size: nil)
            return blob
        }
    }

    private func choose(from items: [Item]) throws(ImageError) -> Item {
        let tags = items.flatMap { $0.repoTags ?? [] }.prefix(20).joined(separator: ", ")
        guard let reference else {
            guard items.count == 1 else {
                throw ImageError(.notFound, "\(place) has \(items.count) images, name one of: \(quoted(tags))")
            }
            return items[0]
        }
        for item in items {
            for tag in item.repoTags ?? [] where (try? RegistryImage(parsing: tag).description) == reference { return item }
        }
        throw ImageError(.notFound, "\(place) has no image called \(quoted(reference)); it has: \(quoted(tags))")
    }

    /// `<hex>.json` or `blobs/sha256/<hex>`.
    private static func digest(inName name: String) -> ImageDigest? {
        if name.hasSuffix(".json") { return try? ImageDigest(hex: name.dropLast(5)) }
        return layerDigest(inName: name)
    }

    /// `blobs/sha256/<hex>`. A name `<hex>/layer.tar` is of another kind: Docker's own, not the content's.
    private static func layerDigest(inName name: String) -> ImageDigest? {
        name.droppingPrefix("blobs/sha256/").flatMap { try? ImageDigest(hex: $0) }
    }
}
