import Glibc
import Images
import LinuxKernel

/// Unpacks one archive into a sandbox. Blocking.
///
/// Owners, extended attributes and set-user-id bits of the archive do not count. Symbolic links are made as they are,
/// whatever they say, and never followed. Devices, pipes and sockets are refused, and so is an entry that leads out.
final class Extraction {
    private let tree: SandboxTree
    private let cancellation: CancellationFlag
    /// The folder that was used last: archives list the entries of a folder one after the other.
    private var last: (path: [CChar], folder: Descriptor)?

    init(into tree: SandboxTree, cancellation: CancellationFlag) {
        self.tree = tree
        self.cancellation = cancellation
    }

    /// Unpacks all entries of an archive that is open for reading, at whatever place.
    func unpack(_ file: Descriptor) throws(FetchError) {
        lseek(file.number, 0, SEEK_SET)
        let isZip = Self.isZip(file)
        try withNames(isZip ? .unicode : .bytes, orElse: FetchError.init) { () throws(FetchError) in
            let archive = try Self.reading { () throws(ImageError) in try ArchiveReader(archive: file.number) }
            while let entry = try Self.reading({ () throws(ImageError) in try archive.next() }) {
                guard !cancellation.isCancelled else { throw FetchError.cancelled }
                try write(entry, archive)
            }
        }
    }

    /// Unpacks a file that gzip has compressed.
    func decompress(_ file: Descriptor, to path: LayerPath) throws(FetchError) {
        lseek(file.number, 0, SEEK_SET)
        let archive = try Self.reading { () throws(ImageError) in try ArchiveReader(gzip: file.number) }
        guard try Self.reading({ () throws(ImageError) in try archive.next() }) != nil else { return }
        let target = try tree.file(path.name, in: try tree.folder(path.parent), of: path.bytes)
        _ = try writeContents(of: archive, counted: 0, to: target, path)
        try tree.finish(target, mode: 0o644, path.bytes)
    }

    private func write(_ entry: ArchiveEntry, _ archive: ArchiveReader) throws(FetchError) {
        try tree.budget.spendEntry()
        let path = try Self.reading { () throws(ImageError) in try entry.path() }
        guard !path.isRoot else { return }
        let parent = try folder(path.parent)
        if let target = entry.hardLink { return try writeHardLink(path, target, in: parent) }
        switch entry.fileType {
        case S_IFREG: try writeFile(entry, archive, path, in: parent)
        case S_IFDIR:
            let folder = try tree.folder(path.bytes)
            last = (path.bytes, folder)
            try tree.finish(folder, mode: entry.permissions, path.bytes)
        case S_IFLNK: try writeSymbolicLink(entry, path, in: parent)
        default:
            throw FetchError(.unsafeArchive, "\(path.inQuotes) is a device, a pipe or a socket, which no archive may bring")
        }
    }

    private func folder(_ path: [CChar]) throws(FetchError) -> Descriptor {
        if let last, last.path == path { return last.folder }
        let folder = try tree.folder(path)
        last = (path, folder)
        return folder
    }

    private func writeFile(_ entry: ArchiveEntry, _ archive: ArchiveReader, _ path: LayerPath, in parent: Descriptor) throws(FetchError) {
        // What an archive announces is refused before a byte of it is written.
        try tree.budget.spend(bytes: entry.size)
        let file = try tree.file(path.name, in: parent, of: path.bytes)
        let end = try writeContents(of: archive, counted: entry.size, to: file, path)
        if end < entry.size, ftruncate(file.number, off_t(entry.size)) != 0 { throw SandboxTree.failure("extend", path.bytes) }
        try tree.finish(file, mode: entry.permissions, path.bytes)
        // The time is of no weight: one that the file system does not take is no reason to fail.
        let time = timespec(tv_sec: entry.modified.seconds, tv_nsec: entry.modified.nanoseconds)
        _ = futimens(file.number, [time, time])
    }

    /// - Parameter counted: the bytes that are paid for already.
    /// - Returns: where the last byte ends.
    private func writeContents(
        of archive: ArchiveReader,
        counted: Int64,
        to file: Descriptor,
        _ path: LayerPath
    ) throws(FetchError) -> Int64 {
        var end: Int64 = 0
        var counted = counted
        while let block = try Self.reading({ () throws(ImageError) in try archive.nextBlock() }) {
            guard !cancellation.isCancelled else { throw FetchError.cancelled }
            let (blockEnd, overflow) = block.offset.addingReportingOverflow(Int64(block.bytes.count))
            guard block.offset >= 0, !overflow else { throw FetchError(.invalidArchive, "\(path.inQuotes) has a part beyond all sizes") }
            if blockEnd > counted {
                try tree.budget.spend(bytes: blockEnd - counted)
                counted = blockEnd
            }
            try FileCopy.write(block.bytes, at: block.offset, to: file, path.bytes)
            end = max(end, blockEnd)
        }
        return end
    }

    private func writeSymbolicLink(_ entry: ArchiveEntry, _ path: LayerPath, in parent: Descriptor) throws(FetchError) {
        guard let target = entry.symbolicLink else { throw FetchError(.invalidArchive, "the symbolic link \(path.inQuotes) has no target") }
        let name = path.name
        try tree.make(name, in: parent, of: path.bytes) { symlinkat(target, parent.number, name) == 0 }
        guard let owner = tree.owner else { return }
        guard fchownat(parent.number, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SandboxTree.failure("set the owner of", path.bytes)
        }
    }

    private func writeHardLink(_ path: LayerPath, _ target: UnsafePointer<CChar>, in parent: Descriptor) throws(FetchError) {
        let target = try Self.reading { () throws(ImageError) in try LayerPath(target) }
        guard target.bytes != path.bytes else { return }
        let targetName = target.name
        var status = stat()
        guard !target.isRoot, let folder = tree.existingFolder(target.parent),
            fstatat(folder.number, targetName, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG
        else {
            throw FetchError(.unsafeArchive, "the hard link \(path.inQuotes) points to \(target.inQuotes), which is no file of the archive")
        }
        let name = path.name
        try tree.make(name, in: parent, of: path.bytes) { linkat(folder.number, targetName, parent.number, name, 0) == 0 }
    }

    /// The first bytes of a zip, also of an empty one.
    private static func isZip(_ file: Descriptor) -> Bool {
        var magic: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
        let count = withUnsafeMutableBytes(of: &magic) { pread(file.number, $0.baseAddress, 4, 0) }
        return count == 4 && magic.0 == UInt8(ascii: "P") && magic.1 == UInt8(ascii: "K") && magic.2 < 8 && magic.3 < 9
    }

    private static func reading<Value>(_ read: () throws(ImageError) -> Value) throws(FetchError) -> Value {
        do throws(ImageError) {
            return try read()
        } catch {
            throw FetchError(error)
        }
    }
}

extension FetchError {
    /// What the code that reads archives, which serves images too, has to say.
    fileprivate init(_ error: ImageError) {
        let code: Code =
            switch error.code {
            case .unsafeArchive: .unsafeArchive
            case .limitExceeded: .limitExceeded
            case .storage: .storage
            case .cancelled: .cancelled
            default: .invalidArchive
            }
        self.init(code, error.reason)
    }
}
