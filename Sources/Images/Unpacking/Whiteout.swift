import CArchive
import Glibc

/// How a layer says that something of the layers below is gone, by a file's name (OCI image specification, "Whiteouts").
enum Whiteout {
    /// The folder shows nothing of the layers below.
    case opaque
    /// The entry of this name (NUL-terminated) is gone.
    case entry([CChar])
    /// Book-keeping of aufs, without a meaning here.
    case ignored

    /// What an entry's last component says, `nil` for an ordinary name.
    ///
    /// - Throws: ``ImageError`` with code `unsafeArchive` if it would hide the folder itself or its parent.
    init?(_ path: LayerPath) throws(ImageError) {
        let name = path.name
        guard name.starts(with: Self.prefix) else { return nil }
        let hidden = Array(name[Self.prefix.count...])
        if name == Self.opaqueName {
            self = .opaque
        } else if hidden.starts(with: Self.prefix) {
            self = .ignored
        } else {
            guard hidden != [0], hidden != [0x2e, 0], hidden != [0x2e, 0x2e, 0] else {
                throw ImageError(.unsafeArchive, "the layer has a whiteout \(path.inQuotes) that names no entry of its folder")
            }
            self = .entry(hidden)
        }
    }

    /// Whether overlayfs sees a whiteout in this file.
    static func isDevice(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
    }

    /// Marks a folder as opaque, in overlayfs's way (kernel documentation, "overlayfs", whiteouts and opaque directories).
    static func markOpaque(_ folder: CInt, _ path: LayerPath) throws(ImageError) {
        guard fsetxattr(folder, "trusted.overlay.opaque", "y", 1, 0) == 0 else { throw systemError("mark as opaque", path.text) }
    }

    private static let prefix = ".wh.".utf8.map { CChar(bitPattern: $0) }
    private static let opaqueName = ".wh..wh..opq\0".utf8.map { CChar(bitPattern: $0) }
}
