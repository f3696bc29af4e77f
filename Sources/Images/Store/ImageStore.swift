public import Logging

/// The images of one machine: pulls them, verifies them, unpacks them and keeps them.
///
/// A store has its folder for itself. All methods may be called from any task at the same time; what several want is done once.
public final class ImageStore: Sendable {
    let folder: StoreFolder
    let limits: ImageLimits
    let logger: Logger
    private let records: ImageRecords
    private let registries: RegistryClient
    private let resolving = SharedWork<String, ResolvedImage, ImageError>(cancelled: ImageError(.cancelled, "cancelled"))
    private let installing = SharedWork<InstallKey, Void, ImageError>(cancelled: ImageError(.cancelled, "cancelled"))
    private let turnstile: Turnstile

    /// The same layer from two places is two works: one place's failure must not be another's.
    private struct InstallKey: Hashable, Sendable {
        let layer: LayerSource
        let place: String
    }

    /// Opens a store; blocking, for as long as it takes to remove what a killed process left.
    ///
    /// - Parameters:
    ///   - directory: absolute path, made if missing. Put it on the file system where the containers' writable layers are.
    ///   - registries: how registries are reached.
    ///   - limits: what is refused.
    /// - Throws: ``ImageError`` with code `storage` if the folder cannot be used or another process uses it.
    public init(
        directory: String,
        registries: RegistryConfiguration = RegistryConfiguration(),
        limits: ImageLimits = ImageLimits(),
        logger: Logger
    ) throws(ImageError) {
        folder = try StoreFolder(directory)
        self.limits = limits
        self.logger = logger
        records = ImageRecords(folder: folder, logger: logger)
        self.registries = RegistryClient(registries)
        turnstile = Turnstile(places: max(1, limits.concurrentLayers))
    }

    /// Lets another process use the folder; nothing is to be asked of this store afterwards.
    public func close() {
        folder.unlock()
    }

    /// Brings an image to this machine.
    ///
    /// - Parameters:
    ///   - policy: whether a stored image is enough.
    ///   - platform: for which machine; only images for this one can be run.
    ///   - progress: called from any thread; must not block.
    /// - Throws: ``ImageError``. Whatever the failure, nothing half-made stays.
    public func pull(
        _ reference: ImageReference,
        policy: PullPolicy = .cachedIfPresent,
        platform: ImagePlatform = .current,
        progress: @escaping @Sendable (ImageProgress) -> Void = { _ in }
    ) async throws(ImageError) -> Image {
        do throws(ImageError) {
            let stored = try await storedImage(reference, platform)
            if let stored, !reference.mustBeAskedFor(policy) { return stored }
            return try await fetch(reference, stored: stored, platform, progress)
        } catch {
            throw error.about(reference)
        }
    }

    /// The image as it is stored, without asking anyone; `nil` if it is not complete.
    private func storedImage(_ reference: ImageReference, _ platform: ImagePlatform) async throws(ImageError) -> Image? {
        try await blocking { [records] (_) throws(ImageError) in records.image(reference, platform) }.map(image)
    }

    private func fetch(
        _ reference: ImageReference,
        stored: Image?,
        _ platform: ImagePlatform,
        _ progress: @escaping @Sendable (ImageProgress) -> Void
    ) async throws(ImageError) -> Image {
        progress(.resolving)
        let source = self.source(of: reference)
        let resolved: ResolvedImage
        do throws(ImageError) {
            resolved = try await resolving.value(for: "\(reference) \(platform)") { [limits] () throws(ImageError) in
                try await source.resolve(for: platform, limits: limits)
            }
        } catch {
            guard let stored, error.isTransient else { throw error }
            logger.warning("stored image used", metadata: ["image": "\(reference)", "reason": "\(error.reason)"])
            return stored
        }
        try await install(resolved.layers, from: source, progress)
        let record = ImageRecord(
            digest: resolved.digest,
            platform: platform.description,
            diffIDs: resolved.layers.map(\.diffID),
            configuration: resolved.configuration
        )
        try await blocking { [records] (_) throws(ImageError) in
            try records.keep(record, alsoAs: resolved.indexDigest, for: reference, platform)
        }
        logger.info("image pulled", metadata: ["image": "\(reference)", "digest": "\(resolved.digest)"])
        return image(record)
    }

    /// Installs all layers, or throws the first failure after the others have been cancelled.
    private func install(
        _ layers: [LayerSource],
        from source: any ImageSource,
        _ progress: @escaping @Sendable (ImageProgress) -> Void
    ) async throws(ImageError) {
        let missing = Set(layers).filter { !folder.hasLayer($0.diffID) }
        progress(.resolved(layers: layers.count, present: layers.count { !missing.contains($0) }))
        let failure = await withTaskGroup(of: ImageError?.self) { group in
            for layer in missing {
                group.addTask {
                    do throws(ImageError) {
                        try await self.install(layer, from: source, progress)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var first: ImageError?
            for await failure in group where first == nil && failure != nil {
                first = failure
                group.cancelAll()
            }
            return first
        }
        if let failure { throw failure }
    }

    private func install(
        _ layer: LayerSource,
        from source: any ImageSource,
        _ progress: @escaping @Sendable (ImageProgress) -> Void
    ) async throws(ImageError) {
        let key = InstallKey(layer: layer, place: source.place)
        try await installing.value(for: key) { [folder, limits, turnstile] () throws(ImageError) in
            try await turnstile.pass { () throws(ImageError) in
                try await LayerInstallation(layer: layer, source: source, folder: folder, limits: limits).run(progress)
            }
        }
        progress(.layerReady(diffID: layer.diffID))
    }

    private func source(of reference: ImageReference) -> any ImageSource {
        switch reference.location {
        case .registry(let image): RegistrySource(image, registries)
        case .layout(let path, let tag): LayoutSource(path: path, tag: tag)
        case .dockerArchive(let path, let reference): DockerArchiveSource(path: path, reference: reference)
        }
    }

    /// A layer that comes several times (often an empty one) counts where it comes last: there it does all it did before, and
    /// overlayfs refuses the same folder twice.
    private func image(_ record: ImageRecord) -> Image {
        var seen: Set<ImageDigest> = []
        let highestFirst = record.diffIDs.reversed().filter { seen.insert($0).inserted }
        return Image(digest: record.digest, layers: highestFirst.reversed().map(folder.layer), configuration: record.configuration)
    }
}

extension ImageReference {
    /// Whether a stored image is not enough. A file of this machine is always looked at again, which costs little.
    fileprivate func mustBeAskedFor(_ policy: PullPolicy) -> Bool {
        guard case .registry(let image) = location else { return true }
        return image.digest == nil && policy == .always
    }
}
