import Glibc

/// Writes a layer's entries below one folder, and never anywhere else.
///
/// Why not libarchive's own disk writer: it works by path strings relative to the working folder of the whole process, looks at
/// each component before it uses it, and refuses the symbolic links that real images write through. Here the kernel resolves
/// each parent folder in one call as if the layer were the whole file system (``LayerFolders``), and the last component is
/// always made anew and never followed: there is no moment at which a name could come to mean something else.
///
/// Devices, FIFOs and sockets are made as the image wants them. The store's folder is closed to everyone but root, and a
/// container gets its own `/dev`; whoever mounts a layer elsewhere mounts it `nodev`.
final class LayerWriter {
    private let folders: LayerFolders
    private var folderTimes: [(path: [CChar], times: [timespec])] = []

    init(root: consuming FileDescriptor, limits: ImageLimits) {
        folders = LayerFolders(root: root, maximumMissing: limits.entriesPerLayer)
    }

    /// Makes one entry; one that is there already is replaced, except that a folder stays and gets the new attributes.
    func write(_ entry: ArchiveEntry, contents: ArchiveReader) throws(ImageError) {
        let path = try entry.path()
        guard !path.isRoot else { return try writeRoot(entry, path) }
        let parent = try folders.parent(of: path)
        if let whiteout = try Whiteout(path) {
            try write(whiteout, path, in: parent)
        } else if let target = entry.hardLink {
            try writeHardLink(path, to: try LayerPath(target), in: parent)
        } else {
            try writeFile(entry, path, in: parent, contents: contents)
        }
    }

    /// Gives the folders their times, which writing into them has changed.
    func finish() throws(ImageError) {
        for (path, times) in folderTimes.reversed() {
            guard let folder = try folders.existing(path) else { continue }
            guard futimens(folder.raw, times) == 0 else { throw systemError("set the time of", text(of: path)) }
        }
    }

    private func writeFile(_ entry: ArchiveEntry, _ path: LayerPath, in parent: CInt, contents: ArchiveReader) throws(ImageError) {
        switch entry.fileType {
        case S_IFREG: try writeRegularFile(entry, path, in: parent, contents: contents)
        case S_IFDIR: try writeFolder(entry, path, in: parent)
        case S_IFLNK: try writeSymbolicLink(entry, path, in: parent)
        case S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK: try writeNode(entry, path, in: parent)
        default: throw ImageError(.invalidArchive, "the layer's entry \(path.inQuotes) is of no kind that Linux knows")
        }
    }

    private func writeRoot(_ entry: ArchiveEntry, _ path: LayerPath) throws(ImageError) {
        guard entry.fileType == S_IFDIR, entry.hardLink == nil else {
            throw ImageError(.unsafeArchive, "the layer has an entry that replaces the layer's own root by something else than a folder")
        }
        try applyAttributes(of: entry, path, to: folders.root)
        folderTimes.append((path.bytes, entry.times))
    }

    private func writeRegularFile(
        _ entry: ArchiveEntry,
        _ path: LayerPath,
        in parent: CInt,
        contents: ArchiveReader
    ) throws(ImageError) {
        let name = path.name
        var raw: CInt = -1
        try folders.make(path, in: parent) {
            raw = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            return raw >= 0
        }
        let file = FileDescriptor(owning: raw)
        var end: Int64 = 0
        try contents.forEachBlock { (bytes, offset) throws(ImageError) in
            try write(bytes, at: offset, to: file.raw, path)
            end = max(end, offset + Int64(bytes.count))
        }
        if end < entry.size {
            guard ftruncate(file.raw, off_t(entry.size)) == 0 else { throw systemError("extend", path.text) }
        }
        try applyAttributes(of: entry, path, to: file.raw)
        guard futimens(file.raw, entry.times) == 0 else { throw systemError("set the time of", path.text) }
    }

    private func writeFolder(_ entry: ArchiveEntry, _ path: LayerPath, in parent: CInt) throws(ImageError) {
        let folder = try folders.makeFolder(path, in: parent)
        try applyAttributes(of: entry, path, to: folder.raw)
        folderTimes.append((path.bytes, entry.times))
    }

    private func writeSymbolicLink(_ entry: ArchiveEntry, _ path: LayerPath, in parent: CInt) throws(ImageError) {
        guard let target = entry.symbolicLink else {
            throw ImageError(.invalidArchive, "the layer's symbolic link \(path.inQuotes) has no target")
        }
        let name = path.name
        // The target is only text here. It is resolved in the container, whose root it cannot leave.
        try folders.make(path, in: parent) { symlinkat(target, parent, name) == 0 }
        // Linux has no permissions on links, and of the attributes that are kept none may be on one.
        try setOwnerAndTimes(of: entry, path, in: parent)
    }

    private func writeNode(_ entry: ArchiveEntry, _ path: LayerPath, in parent: CInt) throws(ImageError) {
        let name = path.name
        let mode = entry.permissions
        try folders.make(path, in: parent) { mknodat(parent, name, entry.fileType | mode, entry.device) == 0 }
        try setOwnerAndTimes(of: entry, path, in: parent)
        guard fchmodat(parent, name, mode, 0) == 0 else { throw systemError("set the permissions of", path.text) }
    }

    private func writeHardLink(_ path: LayerPath, to target: LayerPath, in parent: CInt) throws(ImageError) {
        guard !target.isRoot, let folder = try folders.existing(target.parent) else { throw Self.missing(target, of: path) }
        let targetName = target.name
        let name = path.name
        var status = stat()
        guard fstatat(folder.raw, targetName, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Self.missing(target, of: path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw ImageError(.invalidArchive, "the layer's hard link \(path.inQuotes) points to the folder \(target.inQuotes)")
        }
        guard target.bytes != path.bytes else { return }
        // Without AT_SYMLINK_FOLLOW the link itself is linked, not what it points to.
        try folders.make(path, in: parent) { linkat(folder.raw, targetName, parent, name, 0) == 0 }
    }

    private func write(_ whiteout: Whiteout, _ path: LayerPath, in parent: CInt) throws(ImageError) {
        switch whiteout {
        case .ignored: return
        case .opaque: try Whiteout.markOpaque(parent, path)
        case .entry(let name): try folders.makeWhiteout(path.replacingName(name), in: parent)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: CInt, _ path: LayerPath) throws(ImageError) {
        var rest = bytes
        var position = offset
        while !rest.isEmpty {
            let count = pwrite(file, rest.baseAddress, rest.count, off_t(position))
            if count < 0 {
                if errno == EINTR { continue }
                throw systemError("write", path.text)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            position += Int64(count)
        }
    }

    private static func missing(_ target: LayerPath, of path: LayerPath) -> ImageError {
        ImageError(.unsafeArchive, "the layer's hard link \(path.inQuotes) points to \(target.inQuotes), which the layer does not have")
    }
}
