import Glibc
import Synchronization

/// Downloads that have begun: files named after their digest, so that the next attempt goes on where one ended, also after a
/// restart. What they hold is verified when it is whole, like every download.
final class PartialBlobs: Sendable {
    private let path: String
    private let claimed = Mutex<Set<String>>([])

    init(path: String) {
        self.path = path
    }

    /// The right to write into one download's file, given back when the claim is gone.
    final class Claim: Sendable {
        let path: String
        private let name: String
        private let owner: PartialBlobs

        fileprivate init(_ name: String, _ owner: PartialBlobs) {
            self.name = name
            self.owner = owner
            path = "\(owner.path)/\(name)"
        }

        deinit {
            owner.claimed.withLock { _ = $0.remove(name) }
        }
    }

    /// Nothing: somebody else downloads it, from another place.
    func claim(_ digest: ImageDigest) -> Claim? {
        guard claimed.withLock({ $0.insert(digest.hex).inserted }) else { return nil }
        return Claim(digest.hex, self)
    }

    /// Removes those that nobody writes into, and that nobody wrote into for a while.
    ///
    /// - Parameter age: in seconds.
    func removeAbandoned(olderThan age: Double) throws(ImageError) {
        let folder = try FileDescriptor.folder(path)
        for name in try entryNames(of: folder.raw) {
            var status = stat()
            guard fstatat(folder.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard StoreClock.now - Double(status.st_mtim.tv_sec) >= age else { continue }
            // Nobody can claim it while it is being removed.
            try claimed.withLock { (claimed) throws(ImageError) in
                guard !claimed.contains(text(of: name)) else { return }
                try removeTree(name, in: folder.raw)
            }
        }
    }
}
