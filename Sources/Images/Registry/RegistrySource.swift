import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// An image in a registry.
struct RegistrySource: ManifestSource {
    let image: RegistryImage
    let client: RegistryClient
    private let address: RegistryAddress

    init(_ image: RegistryImage, _ client: RegistryClient) {
        self.image = image
        self.client = client
        address = RegistryAddress(image, client.configuration)
    }

    var place: String { "\(image.registry)/\(image.repository)" }

    func rootManifest(limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        let name = image.digest?.description ?? image.tag ?? "latest"
        let fetched = try await fetchManifest(name, limits: limits)
        if let expected = image.digest, expected != fetched.digest {
            throw ImageError(.digestMismatch, "manifest digest is \(fetched.digest), expected \(expected)")
        }
        return fetched
    }

    func manifest(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        try descriptor.check(limit: limits.manifestBytes, what: "manifest")
        let fetched = try await fetchManifest(descriptor.digest.description, limits: limits)
        try descriptor.verify(fetched.bytes, what: "manifest")
        return fetched
    }

    func configuration(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> [UInt8] {
        try descriptor.check(limit: limits.configurationBytes, what: "configuration")
        let (bytes, _) = try await client.document(
            address.blob(descriptor.digest),
            accept: [],
            of: address,
            limit: limits.configurationBytes,
            what: "configuration \(descriptor.digest)"
        )
        try descriptor.verify(bytes, what: "configuration")
        return bytes
    }

    func openLayer(
        _ layer: LayerSource,
        temporaryIn folder: StoreFolder,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ImageError) -> BlobFile {
        guard let digest = layer.digest, let size = layer.size else {
            throw ImageError(.invalidDocument, "a layer has no digest or no size")
        }
        return try await client.retrying { () throws(ImageError) in
            let url = address.blob(digest)
            return try await withDeadline(client.configuration.layerTimeout, "GET \(url)") { () throws(ImageError) in
                try await download(url, digest, size, folder, progress)
            }
        }
    }

    /// - Throws: ``ImageError`` with code `digestMismatch` also if the registry's own word for the digest is wrong.
    private func fetchManifest(_ name: String, limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        let (bytes, response) = try await client.document(
            address.manifest(name),
            accept: MediaTypes.accepted,
            of: address,
            limit: limits.manifestBytes,
            what: "manifest \(name)"
        )
        let digest = ImageDigest(of: bytes)
        if let said = response.headers.first(name: "Docker-Content-Digest"), said.hasPrefix("sha256:"), said != digest.description {
            throw ImageError(.digestMismatch, "manifest digest is \(digest), expected \(quoted(said))")
        }
        return FetchedManifest(bytes: bytes, contentType: response.headers.first(name: "Content-Type"), digest: digest)
    }

    private func download(
        _ url: String,
        _ digest: ImageDigest,
        _ size: Int64,
        _ folder: StoreFolder,
        _ progress: @Sendable (Int64) -> Void
    ) async throws(ImageError) -> BlobFile {
        let what = "layer \(digest)"
        let response = try await client.get(url, accept: [], of: address, what: what)
        if let said = response.headers.first(name: "Content-Length").flatMap({ Int64($0) }), said != size {
            throw ImageError(.sizeMismatch, "\(what) has \(said) bytes, expected \(size)")
        }
        let blob = try await blocking { (_) throws(ImageError) in
            try BlobFile(temporaryIn: folder.temporary, name: folder.temporaryName())
        }
        var body = response.body.makeAsyncIterator()
        var pending = ByteBuffer()
        var received: Int64 = 0
        while let buffer = try await HTTPTransport.next(&body, what) {
            received += Int64(buffer.readableBytes)
            guard received <= size else { throw ImageError(.sizeMismatch, "\(what) is longer than the \(size) bytes expected") }
            pending.writeImmutableBuffer(buffer)
            if pending.readableBytes >= ImageLimits.writeBytes {
                try await Self.write(pending, to: blob)
                pending.clear()
                progress(received)
            }
        }
        try await Self.write(pending, to: blob)
        progress(received)
        try await blocking { (_) throws(ImageError) in try blob.verify(digest: digest, size: size) }
        return blob
    }

    private static func write(_ buffer: ByteBuffer, to blob: BlobFile) async throws(ImageError) {
        try await blocking { (_) throws(ImageError) in
            let failure = buffer.withUnsafeReadableBytes { bytes -> ImageError? in
                do throws(ImageError) {
                    try blob.append(bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
        }
    }
}
