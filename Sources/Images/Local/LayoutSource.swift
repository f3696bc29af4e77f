/// An OCI image layout: a folder with `oci-layout`, `index.json` and `blobs/sha256/…` (OCI image specification, "Image Layout").
struct LayoutSource: ManifestSource {
    let path: String
    let tag: String?

    var place: String { "oci:\(path)" }

    private struct Marker: Decodable {
        let imageLayoutVersion: String
    }

    private struct Index: Decodable {
        let manifests: [ContentDescriptor]
    }

    /// All else in it goes by digests.
    func stamps() -> [FileStamp]? {
        guard let marker = FileStamp(of: "\(path)/oci-layout"), let index = FileStamp(of: "\(path)/index.json") else { return nil }
        return [marker, index]
    }

    func rootManifest(limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        let descriptor = try await blocking { (_) throws(ImageError) in try chooseRoot(limits) }
        if let descriptor { return try await manifest(descriptor, limits: limits) }
        let bytes = try await blocking { (_) throws(ImageError) in
            try readFile("\(path)/index.json", limit: limits.manifestBytes, what: "index")
        }
        return FetchedManifest(bytes: bytes, contentType: MediaTypes.ociIndex, digest: ImageDigest(of: bytes))
    }

    func manifest(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        try descriptor.check(limit: limits.manifestBytes, what: "manifest")
        let bytes = try await document(descriptor, limit: limits.manifestBytes, what: "manifest")
        return FetchedManifest(bytes: bytes, contentType: descriptor.mediaType, digest: descriptor.digest)
    }

    func configuration(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> [UInt8] {
        try descriptor.check(limit: limits.configurationBytes, what: "configuration")
        return try await document(descriptor, limit: limits.configurationBytes, what: "configuration")
    }

    /// The layer is read where it is: no copy.
    func openLayer(
        _ layer: LayerSource,
        temporaryIn folder: StoreFolder,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ImageError) -> BlobFile {
        guard let digest = layer.digest else { throw ImageError(.invalidDocument, "a layer of \(place) has no digest") }
        return try await blocking { (cancellation) throws(ImageError) in
            let blob = BlobFile(existing: try FileDescriptor.regularFile(blobPath(digest), missing: .notFound))
            let size = try blob.descriptor.size(blobPath(digest))
            if let expected = layer.size, size != expected {
                throw ImageError(.sizeMismatch, "layer \(digest) has \(size) bytes, expected \(expected)")
            }
            try blob.hashContents(cancellation: cancellation)
            try blob.verify(digest: digest, size: layer.size)
            progress(blob.count)
            return blob
        }
    }

    private func document(_ descriptor: ContentDescriptor, limit: Int, what: String) async throws(ImageError) -> [UInt8] {
        let bytes = try await blocking { (_) throws(ImageError) in
            try readFile(blobPath(descriptor.digest), limit: limit, what: what)
        }
        try descriptor.verify(bytes, what: what)
        return bytes
    }

    private func blobPath(_ digest: ImageDigest) -> String { "\(path)/blobs/sha256/\(digest.hex)" }

    /// The manifest of the tag, or the only one; `nil` if the platform has to decide.
    private func chooseRoot(_ limits: ImageLimits) throws(ImageError) -> ContentDescriptor? {
        let marker = try readFile("\(path)/oci-layout", limit: 4096, what: "layout marker")
        let version = try JSONDocument.decode(Marker.self, from: marker, what: "\(place)/oci-layout").imageLayoutVersion
        guard version == "1.0.0" else {
            throw ImageError(.unsupported, "\(place) is a layout of version \(quoted(version)); known is 1.0.0")
        }
        let bytes = try readFile("\(path)/index.json", limit: limits.manifestBytes, what: "index")
        let manifests = try JSONDocument.decode(Index.self, from: bytes, what: "\(place)/index.json").manifests
        let names = manifests.compactMap(\.referenceName)
        let known = quoted(names.prefix(20).joined(separator: ", "))
        if let tag {
            guard let found = manifests.first(where: { $0.referenceName == tag }) else {
                throw ImageError(.notFound, "\(place) has no image called \(quoted(tag)); it has: \(known)")
            }
            return found
        }
        guard Set(names).count <= 1 else {
            throw ImageError(.notFound, "\(place) has several images, name one of: \(known)")
        }
        guard !manifests.isEmpty else { throw ImageError(.notFound, "\(place) has no image") }
        return manifests.count == 1 ? manifests[0] : nil
    }
}
