/// What happens during a pull.
public enum ImageProgress: Hashable, Sendable {
    /// The manifest is asked for.
    case resolving
    /// So many layers of the image are here already, and these are not.
    case resolved(present: Int, missing: [ImageDigest])
    /// Bytes of a layer that have arrived, and how many there will be if that is known. Told only to the pull that downloads it:
    /// one that waits for another's download sees just ``layerReady(diffID:)``.
    case downloading(diffID: ImageDigest, bytes: Int64, total: Int64?)
    /// A layer is unpacked.
    case unpacking(diffID: ImageDigest)
    /// A layer is in the store.
    case layerReady(diffID: ImageDigest)
}

/// When a registry is asked about an image that is in the store.
public enum PullPolicy: Hashable, Sendable {
    /// Never, if the image is complete. What Mesos does unless `Image.cached` is false.
    case cachedIfPresent
    /// Each time, for a tag may mean another image today; if the registry cannot be reached, the stored image serves.
    /// An image named by digest cannot change and is not asked for again.
    case always
}
