public import Logging

/// The images of one machine: pulls them, verifies them, unpacks them and keeps them.
///
/// A store has its folder for itself. All methods may be called from any task at the same time; what several want is done once.
public final class ImageStore: Sendable {
    let folder: StoreFolder
    let limits: ImageLimits
    let logger: Logger
    let records: ImageRecords
    let holds: LayerHolds
    private let registries: RegistryClient
    private let resolving = SharedWork<String, ResolvedImage, ImageError>(cancelled: ImageError(.cancelled, "cancelled"))
    private let installing = SharedWork<InstallKey, Void, ImageError>(cancelled: ImageError(.cancelled, "cancelled"))
    private let turnstile: Turnstile
    private let localImages = LocalImages()

    /// The same layer from two places is two works: one place's failure must not be another's.
    private struct InstallKey: Hashable, Sendable {
        let layer: LayerSource
        let place: String
        let asker: String
    }

    /// Opens a store; blocking, for as long as it takes to remove what a killed process left.
    ///
    /// - Parameters:
    ///   - directory: absolute path, made if missing. Put it on the file system where the containers' writable layers are.
    ///   - registries: how registries are reached.
    ///   - limits: what is refused.
    ///   - uses: who uses layers at this moment, asked before any is removed. It must be quick and ask nothing of the store.
    /// - Throws: ``ImageError`` with code `storage` if the folder cannot be used or another process uses it.
    public init(
        directory: String,
        registries: RegistryConfiguration = RegistryConfiguration(),
        limits: ImageLimits = ImageLimits(),
        logger: Logger,
        uses: @escaping @Sendable () -> [LayerUse] = { [] }
    ) throws(ImageError) {
        folder = try StoreFolder(directory)
        self.limits = limits
        self.logger = logger
        records = ImageRecords(folder: folder, logger: logger)
        holds = LayerHolds(uses: uses)
        self.registries = RegistryClient(registries, logger: logger)
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
    ///   - credentials: whom registries are asked as, by registry, besides those that the store was opened with.
    ///   - progress: called from any thread; must not block.
    /// - Throws: ``ImageError``. Whatever the failure, nothing half-made stays but a download, for a later pull to go on with.
    public func pull(
        _ reference: ImageReference,
        policy: PullPolicy = .cachedIfPresent,
        platform: ImagePlatform = .current,
        credentials: [String: RegistryCredentials] = [:],
        progress: @escaping @Sendable (ImageProgress) -> Void = { _ in }
    ) async throws(ImageError) -> Image {
        let pulled = try await obtain(
            Request(reference: reference, policy: policy, platform: platform, credentials: credentials),
            progress
        )
        holds.release(pulled.hold)
        return pulled.image
    }

    /// Brings an image to this machine and does something with it; until that is done nothing removes its layers.
    ///
    /// Whoever launches a container in `use` must see to it that the container is among the store's uses before `use` ends.
    public func withImage<Value>(
        _ reference: ImageReference,
        policy: PullPolicy = .cachedIfPresent,
        platform: ImagePlatform = .current,
        credentials: [String: RegistryCredentials] = [:],
        _ use: (Image) async throws -> Value
    ) async throws -> Value {
        let pulled = try await obtain(
            Request(reference: reference, policy: policy, platform: platform, credentials: credentials, isUse: true)
        ) { _ in }
        defer { holds.release(pulled.hold) }
        return try await use(pulled.image)
    }

    /// The image that a running container has, also if its name means another one or nothing by now. Asks nobody.
    ///
    /// - Parameter layers: those of the container.
    public func image(of reference: ImageReference, withLayers layers: [String]) async throws(ImageError) -> Image {
        let found = try await blocking { [self] (_) throws(ImageError) -> Image? in
            if let record = records.image(reference, .current), image(record).layers == layers { return image(record) }
            return try records.inventory().images.lazy.map { self.image($0.record) }.first { $0.layers == layers }
        }
        guard let found else { throw ImageError(.notFound, "the image of the running container is not stored any more").about(reference) }
        return found
    }

    /// What cannot be noted is no reason not to use the image. Blocking.
    private func noteUse(of digest: ImageDigest, _ request: Request) {
        guard request.isUse else { return }
        do throws(ImageError) {
            try records.touch(request.reference, digest, request.platform)
        } catch {
            logger.warning("use of an image not noted", metadata: ["image": "\(request.reference)", "reason": "\(error.reason)"])
        }
    }

    /// An image whose layers stay until the hold is released.
    private struct Held {
        let image: Image
        let hold: LayerHolds.Number
        /// Whether there can be no newer one.
        var isCurrent = true
    }

    /// What one pull asks for.
    private struct Request: Sendable {
        let reference: ImageReference
        let policy: PullPolicy
        let platform: ImagePlatform
        let credentials: [String: RegistryCredentials]
        /// Whether the image is to be used, not only brought.
        var isUse = false

        /// What the image is called, for a machine.
        var name: String { "\(reference) \(platform)" }
    }

    private func obtain(
        _ request: Request,
        _ progress: @escaping @Sendable (ImageProgress) -> Void
    ) async throws(ImageError) -> Held {
        do throws(ImageError) {
            let stored = try await storedImage(request)
            if let stored, stored.isCurrent {
                progress(.resolved(present: Set(stored.image.layers).count, missing: []))
                return stored
            }
            do throws(ImageError) {
                let fetched = try await fetch(request, progress)
                if let stored { holds.release(stored.hold) }
                return fetched
            } catch {
                guard let stored, error.isTransient else {
                    if let stored { holds.release(stored.hold) }
                    throw error
                }
                logger.warning("stored image used", metadata: ["image": "\(request.reference)", "reason": "\(error.reason)"])
                return stored
            }
        } catch {
            throw error.about(request.reference)
        }
    }

    /// The image as it is stored, without asking anyone; `nil` if it is not complete.
    private func storedImage(_ request: Request) async throws(ImageError) -> Held? {
        let source = source(of: request)
        return try await blocking { [self] (_) throws(ImageError) -> Held? in
            guard let record = records.image(request.reference, request.platform) else { return nil }
            let hold = holds.hold(record.diffIDs)
            // Only what is there once it is held stays.
            guard record.diffIDs.allSatisfy(folder.hasLayer) else {
                holds.release(hold)
                return nil
            }
            noteUse(of: record.digest, request)
            let isCurrent =
                !request.reference.mustBeAskedFor(request.policy)
                || localImages.isUnchanged(request.name, source.stamps(), record.digest)
            return Held(image: image(record), hold: hold, isCurrent: isCurrent)
        }
    }

    private func fetch(
        _ request: Request,
        _ progress: @escaping @Sendable (ImageProgress) -> Void
    ) async throws(ImageError) -> Held {
        progress(.resolving)
        let source = self.source(of: request)
        let resolved = try await resolving.value(for: "\(request.name) \(source.asker)") { [limits, localImages] () throws(ImageError) in
            let stamps = try await blocking { (_) throws(ImageError) in source.stamps() }
            let resolved = try await source.resolve(for: request.platform, limits: limits)
            localImages.note(request.name, stamps, resolved.digest)
            return resolved
        }
        let hold = holds.hold(resolved.layers.map(\.diffID))
        do throws(ImageError) {
            try await install(resolved.layers, from: source, progress)
            return Held(image: image(try await keep(resolved, for: request)), hold: hold)
        } catch {
            holds.release(hold)
            throw error
        }
    }

    private func keep(_ resolved: ResolvedImage, for request: Request) async throws(ImageError) -> ImageRecord {
        let record = ImageRecord(
            digest: resolved.digest,
            platform: request.platform.description,
            diffIDs: resolved.layers.map(\.diffID),
            configuration: resolved.configuration
        )
        try await blocking { [self] (_) throws(ImageError) in
            try records.keep(record, alsoAs: resolved.indexDigest, for: request.reference, request.platform)
            holds.noteRecording()
            noteUse(of: record.digest, request)
        }
        logger.info("image pulled", metadata: ["image": "\(request.reference)", "digest": "\(resolved.digest)"])
        return record
    }

    /// Installs all layers, or throws the first failure after the others have been cancelled.
    private func install(
        _ layers: [LayerSource],
        from source: any ImageSource,
        _ progress: @escaping @Sendable (ImageProgress) -> Void
    ) async throws(ImageError) {
        var seen: Set<LayerSource> = []
        let different = layers.filter { seen.insert($0).inserted }
        let missing = different.filter { !folder.hasLayer($0.diffID) }
        progress(.resolved(present: different.count - missing.count, missing: missing.map(\.diffID)))
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
        let key = InstallKey(layer: layer, place: source.place, asker: source.asker)
        try await installing.value(for: key) { [folder, limits, turnstile] () throws(ImageError) in
            try await turnstile.pass { () throws(ImageError) in
                try await LayerInstallation(layer: layer, source: source, folder: folder, limits: limits).run(progress)
            }
        }
        progress(.layerReady(diffID: layer.diffID))
    }

    private func source(of request: Request) -> any ImageSource {
        switch request.reference.location {
        case .registry(let image): RegistrySource(image, registries.asking(with: request.credentials))
        case .layout(let path, let tag): LayoutSource(path: path, tag: tag)
        case .dockerArchive(let path, let reference): DockerArchiveSource(path: path, reference: reference)
        }
    }

    /// A layer that comes several times (often an empty one) counts where it comes last: there it does all it did before, and
    /// overlayfs refuses the same folder twice.
    func image(_ record: ImageRecord) -> Image {
        var seen: Set<ImageDigest> = []
        let highestFirst = record.diffIDs.reversed().filter { seen.insert($0).inserted }
        return Image(digest: record.digest, layers: highestFirst.reversed().map(folder.layer), configuration: record.configuration)
    }
}

extension ImageReference {
    /// Whether a stored image is not enough. A file of this machine is always looked at again, as it may have changed.
    fileprivate func mustBeAskedFor(_ policy: PullPolicy) -> Bool {
        guard case .registry(let image) = location else { return true }
        return image.digest == nil && policy == .always
    }
}
