import CArchive
import Glibc
import Synchronization

/// The image store's folder on disk.
///
/// | path | what |
/// |---|---|
/// | `lock` | held while a store is open: two would remove each other's temporary files |
/// | `layers/sha256/<diff id>/` | unpacked layers, each complete: they appear by rename |
/// | `sizes/<diff id>.json` | how much a layer holds |
/// | `partial/<digest>` | downloads that have begun |
/// | `images/<manifest digest>.json` | what a manifest consists of |
/// | `references/<hash of the name>.json` | which manifest a name meant when it was pulled |
/// | `temporary/` | what is being made; emptied when the store is opened |
final class StoreFolder: Sendable {
    let path: String
    private let lock: FileDescriptor
    let partial: PartialBlobs
    private let lastNumber = Atomic<UInt64>(0)

    /// Opens the folder, makes it if it is missing, and removes what a killed process left.
    init(_ path: String) throws(ImageError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw ImageError(.storage, "the image store's folder \(quoted(path)) is not an absolute path")
        }
        self.path = path
        partial = PartialBlobs(path: "\(path)/partial")
        try Self.makeFolders(path)
        let raw = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw systemError("open", "\(path)/lock") }
        lock = FileDescriptor(owning: raw)
        guard Self.take(lock) else {
            throw ImageError(.storage, "the image store \(quoted(path)) is in use by another process; give each agent a folder of its own")
        }
        try emptyTemporary()
        try partial.removeAbandoned(olderThan: ImageLimits.partialSeconds)
    }

    /// A program that is just being started holds our descriptors until it is executed, those of a store that was closed
    /// meanwhile, too: so a lock that is taken is asked for again for a second.
    private static func take(_ lock: borrowing FileDescriptor) -> Bool {
        for _ in 0..<100 {
            if flock(lock.raw, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }

    /// Lets another process use the folder.
    func unlock() {
        flock(lock.raw, LOCK_UN)
    }

    var temporary: String { "\(path)/temporary" }

    /// A name for something temporary, not used before.
    func temporaryName() -> String {
        String(lastNumber.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func layer(_ diffID: ImageDigest) -> String { "\(path)/layers/sha256/\(diffID.hex)" }

    func hasLayer(_ diffID: ImageDigest) -> Bool { access(layer(diffID), F_OK) == 0 }

    /// Makes an empty folder below `temporary/`.
    func makeTemporaryFolder() throws(ImageError) -> (name: String, path: String) {
        let name = temporaryName()
        let path = "\(temporary)/\(name)"
        guard mkdir(path, 0o755) == 0, chmod(path, 0o755) == 0 else { throw systemError("make the folder", path) }
        return (name, path)
    }

    func removeTemporary(_ name: String) throws(ImageError) {
        let folder = try FileDescriptor.folder(temporary)
        try removeTree(Array(name.utf8CString), in: folder.raw)
    }

    /// Puts a finished layer in its place. If another pull has been faster, its result is kept: both have the same content.
    ///
    /// All of the layer is on the disk before it has its name, so that a machine that loses its power has whole layers only.
    func keepLayer(_ temporaryName: String, as diffID: ImageDigest, bytes: Int64) throws(ImageError) {
        let source = "\(temporary)/\(temporaryName)"
        try synchronize()
        try write(LayerRecord(bytes: bytes), to: sizePath(diffID.hex))
        if rename(source, layer(diffID)) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw systemError("move a layer to", layer(diffID)) }
        try removeTemporary(temporaryName)
    }

    /// Has the file system write everything down: one call for a layer, however many files it has.
    private func synchronize() throws(ImageError) {
        let folder = try FileDescriptor.folder(temporary)
        guard agora_syncfs(folder.raw) == 0 else { throw systemError("write to the disk what was unpacked in", temporary) }
    }

    private static func makeFolders(_ path: String) throws(ImageError) {
        var end = path.utf8.startIndex
        while end < path.utf8.endIndex {
            end = path.utf8[path.utf8.index(after: end)...].firstIndex(of: UInt8(ascii: "/")) ?? path.utf8.endIndex
            try makeFolder(String(path[..<end]), 0o755, mayExist: true)
        }
        for name in ["layers", "layers/sha256", "sizes", "images", "references", "partial", "temporary"] {
            try makeFolder("\(path)/\(name)", 0o700, mayExist: true)
        }
        // Layers hold set-user-id programs with holes that are long known: nobody but root gets near them.
        guard chmod("\(path)/layers", 0o700) == 0, chmod("\(path)/temporary", 0o700) == 0 else {
            throw systemError("close to others", "\(path)/layers")
        }
    }

    private static func makeFolder(_ path: String, _ mode: mode_t, mayExist: Bool) throws(ImageError) {
        guard mkdir(path, mode) == 0 || (mayExist && errno == EEXIST) else { throw systemError("make the folder", path) }
    }

    private func emptyTemporary() throws(ImageError) {
        let folder = try FileDescriptor.folder(temporary)
        for name in try entryNames(of: folder.raw) { try removeTree(name, in: folder.raw) }
    }
}
