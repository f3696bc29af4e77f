/// A place that has images: a registry, a layout folder, an archive.
protocol ImageSource: Sendable {
    /// The place and what is asked of it, for messages and to tell two places apart.
    var place: String { get }

    /// Whom it is asked as, to tell two askers apart: what one may have, another may be refused.
    var asker: String { get }

    /// What stays the same as long as the image does, by which it need not be asked; nothing if only asking tells.
    func stamps() -> [FileStamp]?

    /// Which content the image consists of, for a platform; everything verified but the layers.
    func resolve(for platform: ImagePlatform, limits: ImageLimits) async throws(ImageError) -> ResolvedImage

    /// Fetches a layer as it is transferred, verified by its digest where there is one.
    ///
    /// - Parameters:
    ///   - folder: where a temporary file may be made.
    ///   - progress: called with the bytes that have arrived.
    func openLayer(
        _ layer: LayerSource,
        temporaryIn folder: StoreFolder,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ImageError) -> BlobFile
}

extension ImageSource {
    var asker: String { "" }

    func stamps() -> [FileStamp]? { nil }
}

/// An image whose parts are known.
struct ResolvedImage: Sendable {
    /// See ``Image/digest``.
    let digest: ImageDigest
    /// The digest of the index the manifest was chosen from, if there was one.
    let indexDigest: ImageDigest?
    /// Lowest first.
    let layers: [LayerSource]
    let configuration: ImageConfiguration
}

/// One layer: what it is when unpacked, and how to get it.
struct LayerSource: Hashable, Sendable {
    /// SHA-256 of the uncompressed tar.
    let diffID: ImageDigest
    /// SHA-256 of the layer as it is transferred, if the source says it.
    let digest: ImageDigest?
    /// Length as it is transferred, in bytes, if the source says it.
    let size: Int64?
    /// What the source calls it.
    let name: String
}
