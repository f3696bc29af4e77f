import Synchronization

/// What the images of local files were when they were looked at last, so that files which did not change are not read for each launch.
final class LocalImages: Sendable {
    private struct Look {
        let stamps: [FileStamp]
        let digest: ImageDigest
    }

    private static let capacity = 256
    private let looks = Mutex<[String: Look]>([:])

    /// Whether the image is still this one.
    func isUnchanged(_ image: String, _ stamps: [FileStamp]?, _ digest: ImageDigest) -> Bool {
        guard let stamps, let look = looks.withLock({ $0[image] }) else { return false }
        return look.stamps == stamps && look.digest == digest
    }

    /// Remembers what an image was.
    ///
    /// - Parameter stamps: from before it was read. Files that changed within the last second may change once more within the
    ///   resolution of their times, and are read again.
    func note(_ image: String, _ stamps: [FileStamp]?, _ digest: ImageDigest) {
        guard let stamps, stamps.allSatisfy({ $0.changed < StoreClock.now - 1 }) else { return }
        looks.withLock { looks in
            if looks.count >= Self.capacity { looks = [:] }
            looks[image] = Look(stamps: stamps, digest: digest)
        }
    }
}
