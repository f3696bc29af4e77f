/// A manifest (one image) or an index (one image per platform), Docker's or OCI's.
enum ManifestDocument: Sendable {
    case manifest(ImageManifest)
    case index([ContentDescriptor])

    /// Reads a manifest or index.
    ///
    /// A document that could be read as either is refused: two programs that choose differently would run different images
    /// under one digest (CVE-2021-41190).
    ///
    /// - Parameters:
    ///   - contentType: what the registry said it is, if it said so.
    ///   - what: for messages: `manifest sha256:…`.
    init(from bytes: [UInt8], contentType: String?, what: String) throws(ImageError) {
        let fields = try JSONDocument.decode(Fields.self, from: bytes, what: what)
        let type = try Self.mediaType(fields, contentType: contentType, what: what)
        guard fields.schemaVersion == 2 else {
            throw ImageError(
                .unsupported,
                "\(what) has schema version \(fields.schemaVersion); only version 2 is supported: push the image with a newer tool"
            )
        }
        guard fields.manifests == nil || (fields.layers == nil && fields.config == nil) else {
            throw ImageError(.invalidDocument, "\(what) is manifest and index at once")
        }
        if let manifests = fields.manifests {
            guard type.map(MediaTypes.indexes.contains) ?? true else { throw Self.unsupported(type, what) }
            self = .index(manifests)
        } else if let config = fields.config, let layers = fields.layers {
            guard type.map(MediaTypes.manifests.contains) ?? true else { throw Self.unsupported(type, what) }
            self = .manifest(try ImageManifest(config: config, layers: layers, what: what))
        } else {
            guard type.map({ MediaTypes.manifests.contains($0) || MediaTypes.indexes.contains($0) }) ?? true else {
                throw Self.unsupported(type, what)
            }
            throw ImageError(.invalidDocument, "\(what) has neither manifests, nor config and layers")
        }
    }

    private struct Fields: Decodable {
        let schemaVersion: Int
        let mediaType: String?
        let config: ContentDescriptor?
        let layers: [ContentDescriptor]?
        let manifests: [ContentDescriptor]?
    }

    private static func mediaType(_ fields: Fields, contentType: String?, what: String) throws(ImageError) -> String? {
        let said = contentType.map(MediaTypes.essence)
        let isKnown = said.map { MediaTypes.manifests.contains($0) || MediaTypes.indexes.contains($0) } ?? false
        if let own = fields.mediaType, let said, isKnown, own != said {
            throw ImageError(.invalidDocument, "\(what) calls itself \(quoted(own)), but was sent as \(quoted(said))")
        }
        return fields.mediaType ?? (isKnown ? said : nil)
    }

    private static func unsupported(_ type: String?, _ what: String) -> ImageError {
        ImageError(.unsupported, "\(what) has the media type \(quoted(type ?? "")), which is not an image's")
    }
}

/// One image: its configuration and its layers, lowest first.
struct ImageManifest: Hashable, Sendable {
    let config: ContentDescriptor
    let layers: [ContentDescriptor]

    init(config: ContentDescriptor, layers: [ContentDescriptor], what: String) throws(ImageError) {
        guard MediaTypes.configurations.contains(config.mediaType) else {
            throw ImageError(.unsupported, "\(what) is an artifact of type \(quoted(config.mediaType)), not a container image")
        }
        for layer in layers where !MediaTypes.layers.contains(layer.mediaType) {
            throw ImageError(.unsupported, "\(what) has a layer of the media type \(quoted(layer.mediaType)), which is not supported")
        }
        self.config = config
        self.layers = layers
    }
}
