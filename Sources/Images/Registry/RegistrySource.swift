import AsyncHTTPClient
import Logging
import NIOHTTP1
import Synchronization

/// An image in a registry.
struct RegistrySource: ManifestSource {
    let image: RegistryImage
    let client: RegistryClient
    /// The mirrors, then the registry itself.
    private let addresses: [RegistryAddress]
    private let lost = LostMirrors()

    /// Mirrors that could not be reached in this pull: to wait for each again and again would take long.
    private final class LostMirrors: Sendable {
        let addresses = Mutex<Set<RegistryAddress>>([])
    }

    init(_ image: RegistryImage, _ client: RegistryClient) {
        self.image = image
        self.client = client
        let mirrors = client.configuration.mirrors[image.registry] ?? []
        addresses = mirrors.map { RegistryAddress($0, image) } + [RegistryAddress(image, client.configuration)]
    }

    var place: String { "\(image.registry)/\(image.repository)" }
    var asker: String { client.asker }

    func rootManifest(limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        let name = image.digest?.description ?? image.tag ?? "latest"
        return try await firstAnswer { (address) throws(ImageError) in
            let fetched = try await fetchManifest(name, from: address, limits: limits)
            if let expected = image.digest, expected != fetched.digest {
                throw ImageError(.digestMismatch, "manifest digest is \(fetched.digest), expected \(expected)")
            }
            return fetched
        }
    }

    func manifest(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> FetchedManifest {
        try descriptor.check(limit: limits.manifestBytes, what: "manifest")
        return try await firstAnswer { (address) throws(ImageError) in
            let fetched = try await fetchManifest(descriptor.digest.description, from: address, limits: limits)
            try descriptor.verify(fetched.bytes, what: "manifest")
            return fetched
        }
    }

    func configuration(_ descriptor: ContentDescriptor, limits: ImageLimits) async throws(ImageError) -> [UInt8] {
        try descriptor.check(limit: limits.configurationBytes, what: "configuration")
        return try await firstAnswer { (address) throws(ImageError) in
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
    }

    func openLayer(
        _ layer: LayerSource,
        temporaryIn folder: StoreFolder,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ImageError) -> BlobFile {
        guard let digest = layer.digest, let size = layer.size else {
            throw ImageError(.invalidDocument, "a layer has no digest or no size")
        }
        let download = LayerDownload(digest: digest, size: size, client: client, progress: progress)
        let blob = try await download.open(in: folder)
        do throws(ImageError) {
            try await firstAnswer { (address) throws(ImageError) in try await download.fill(blob, from: address) }
            return blob
        } catch {
            // What broke off is gone on with another time.
            if error.code != .cancelled, !error.isTransient { blob.discard() }
            throw error
        }
    }

    /// Asks one place after the other, until one answers as it should; otherwise the failure is that of the last.
    private func firstAnswer<Value: Sendable>(
        _ ask: (RegistryAddress) async throws(ImageError) -> Value
    ) async throws(ImageError) -> Value {
        for mirror in addresses.dropLast() where !lost.addresses.withLock({ $0.contains(mirror) }) {
            do throws(ImageError) {
                return try await ask(mirror)
            } catch {
                guard error.code != .cancelled, error.code != .storage else { throw error }
                if error.isTransient { lost.addresses.withLock { _ = $0.insert(mirror) } }
                client.logger.notice("mirror passed over", metadata: ["mirror": "\(mirror.registry)", "reason": "\(error.reason)"])
            }
        }
        return try await ask(addresses[addresses.count - 1])
    }

    /// - Throws: ``ImageError`` with code `digestMismatch` also if the registry's own word for the digest is wrong.
    private func fetchManifest(_ name: String, from address: RegistryAddress, limits: ImageLimits) async throws(ImageError)
        -> FetchedManifest
    {
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
}
