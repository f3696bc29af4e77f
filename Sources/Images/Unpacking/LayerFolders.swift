import CArchive
import Glibc

/// The folders of a layer that is being written: finds them, makes those that are missing, replaces what stands in the way.
///
/// Every path goes through openat2(2) with RESOLVE_IN_ROOT, so a symbolic link in the layer is followed as the container would
/// follow it, and ends within the layer whatever it says.
final class LayerFolders {
    private let rootFolder: FileDescriptor
    /// The folder that was used last: a tar lists a folder's entries one after the other.
    private var last: FileDescriptor?
    private var lastRaw: CInt = -1
    private var lastPath: [CChar] = []

    private let maximumMissing: Int
    private var missingMade = 0

    /// - Parameter maximumMissing: how many folders may be made that the layer has no entry for.
    init(root: consuming FileDescriptor, maximumMissing: Int) {
        rootFolder = root
        self.maximumMissing = maximumMissing
    }

    var root: CInt { rootFolder.raw }

    /// The folder an entry is in, made if the layer did not say so before. Valid until the next call.
    func parent(of path: LayerPath) throws(ImageError) -> CInt {
        let parent = path.parent
        if parent == [0] { return root }
        if parent == lastPath { return lastRaw }
        let folder = try open(parent)
        lastRaw = folder.raw
        lastPath = parent
        last = consume folder
        return lastRaw
    }

    /// The folder of a NUL-terminated path, `nil` if there is none.
    func existing(_ path: [CChar]) throws(ImageError) -> FileDescriptor? {
        let raw = agora_open_in_root(root, path == [0] ? [0x2e, 0] : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if raw >= 0 { return FileDescriptor(owning: raw) }
        guard [ENOENT, ENOTDIR, ELOOP].contains(errno) else { throw Self.failure("open the folder", path) }
        return nil
    }

    /// Makes an entry by `attempt`, which says whether it worked and else leaves `errno`; removes what has the name already.
    func make(_ path: LayerPath, in parent: CInt, _ attempt: () -> Bool) throws(ImageError) {
        if attempt() { return }
        guard errno == EEXIST else { throw systemError("make", path.text) }
        try remove(path, in: parent)
        guard attempt() else { throw systemError("make", path.text) }
    }

    /// Makes a folder, or takes the one that is there.
    func makeFolder(_ path: LayerPath, in parent: CInt) throws(ImageError) -> FileDescriptor {
        let name = path.name
        var opaque = false
        if mkdirat(parent, name, 0o755) != 0 {
            guard errno == EEXIST else { throw systemError("make the folder", path.text) }
            var status = stat()
            guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw systemError("examine", path.text) }
            if status.st_mode & S_IFMT != S_IFDIR {
                // A whiteout and then a folder of the same name: a new folder, through which nothing below shows.
                opaque = Whiteout.isDevice(status)
                try remove(path, in: parent)
                guard mkdirat(parent, name, 0o755) == 0 else { throw systemError("make the folder", path.text) }
            }
        }
        let folder = try openChild(name, in: parent)
        if opaque { try Whiteout.markOpaque(folder.raw, path) }
        return folder
    }

    /// Makes the device that overlayfs takes for "gone". What the layer itself has of this name stays: a whiteout speaks of the
    /// layers below only, so a folder becomes opaque and a file hides them anyway.
    func makeWhiteout(_ path: LayerPath, in parent: CInt) throws(ImageError) {
        let name = path.name
        if mknodat(parent, name, S_IFCHR, 0) == 0 { return }
        guard errno == EEXIST else { throw systemError("make the whiteout", path.text) }
        let raw = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else {
            guard errno == ENOTDIR || errno == ELOOP else { throw systemError("open", path.text) }
            return
        }
        let folder = FileDescriptor(owning: raw)
        try Whiteout.markOpaque(folder.raw, path)
    }

    /// Opens a folder and makes what is missing on the way, as `mkdir -p` does within the layer.
    ///
    /// It looks for the deepest folder there is from the end of the path, so that the work is in proportion to what is made, which
    /// is limited: one short entry could ask for 2,000 folders.
    private func open(_ path: [CChar]) throws(ImageError) -> FileDescriptor {
        let ends = path.indices.filter { path[$0] == 0 || path[$0] == CChar(bitPattern: UInt8(ascii: "/")) }
        var depth = ends.count
        var current = try deepestExisting(path, ends, &depth)
        while depth < ends.count {
            current = try makeMissing(Array(path[..<ends[depth]]) + [0], in: current.raw)
            depth += 1
        }
        return current
    }

    /// - Parameter depth: how many components may be tried; then how many the folder found has.
    private func deepestExisting(_ path: [CChar], _ ends: [Int], _ depth: inout Int) throws(ImageError) -> FileDescriptor {
        while depth > 0 {
            if let folder = try existing(Array(path[..<ends[depth - 1]]) + [0]) { return folder }
            depth -= 1
        }
        return try openChild([0x2e, 0], in: root)
    }

    private func makeMissing(_ prefix: [CChar], in parent: CInt) throws(ImageError) -> FileDescriptor {
        let path = try LayerPath(prefix)
        var status = stat()
        if fstatat(parent, path.name, &status, AT_SYMLINK_NOFOLLOW) == 0, !Whiteout.isDevice(status) {
            throw ImageError(.invalidArchive, "the layer has entries below \(path.inQuotes), which is no folder and leads to none")
        }
        missingMade += 1
        guard missingMade <= maximumMissing else {
            throw ImageError(.limitExceeded, "the layer needs more than \(maximumMissing) folders that it does not list")
        }
        let folder = try makeFolder(path, in: parent)
        // mkdirat(2) obeys the process's umask.
        guard fchmod(folder.raw, 0o755) == 0 else { throw systemError("set the permissions of", path.text) }
        return folder
    }

    private func openChild(_ name: [CChar], in parent: CInt) throws(ImageError) -> FileDescriptor {
        let raw = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else { throw Self.failure("open the folder", name) }
        return FileDescriptor(owning: raw)
    }

    /// Removes an entry. The path of the remembered folder may have led through it, so that is looked up anew next time.
    private func remove(_ path: LayerPath, in parent: CInt) throws(ImageError) {
        lastPath = []
        try removeTree(path.name, in: parent)
    }

    private static func failure(_ attempt: String, _ path: [CChar]) -> ImageError {
        systemError(attempt, text(of: path))
    }
}
