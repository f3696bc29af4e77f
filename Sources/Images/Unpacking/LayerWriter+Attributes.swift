import CArchive
import Glibc

extension LayerWriter {
    /// Gives an open file or folder its owner, permissions and extended attributes.
    func applyAttributes(of entry: ArchiveEntry, _ path: LayerPath, to file: CInt) throws(ImageError) {
        let (user, group) = try entry.owner(of: path)
        guard fchown(file, user, group) == 0 else { throw systemError("set the owner of", path.text) }
        // After the owner: a change of owner clears set-user-id and capabilities.
        guard fchmod(file, entry.permissions) == 0 else { throw systemError("set the permissions of", path.text) }
        try setExtendedAttributes(of: entry, path, on: file)
    }

    /// Owner and times of an entry that cannot be opened: a link or a device.
    func setOwnerAndTimes(of entry: ArchiveEntry, _ path: LayerPath, in parent: CInt) throws(ImageError) {
        let (user, group) = try entry.owner(of: path)
        let name = path.name
        guard fchownat(parent, name, user, group, AT_SYMLINK_NOFOLLOW) == 0 else { throw systemError("set the owner of", path.text) }
        guard utimensat(parent, name, entry.times, AT_SYMLINK_NOFOLLOW) == 0 else { throw systemError("set the time of", path.text) }
    }

    /// Keeps `user.*` and file capabilities. All else is dropped: `trusted.overlay.*` from an image would redirect overlayfs to
    /// other folders, and security labels belong to the machine.
    private func setExtendedAttributes(of entry: ArchiveEntry, _ path: LayerPath, on file: CInt) throws(ImageError) {
        guard archive_entry_xattr_reset(entry.pointer) > 0 else { return }
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while archive_entry_xattr_next(entry.pointer, &name, &value, &size) == ARCHIVE_OK {
            guard let name, Self.isKept(String(cString: name)) else { continue }
            guard fsetxattr(file, name, value, size, 0) == 0 || errno == ENOTSUP else {
                throw systemError("set the extended attribute \(quoted(String(cString: name))) of", path.text)
            }
        }
    }

    private static func isKept(_ name: String) -> Bool {
        name == "security.capability" || (name.hasPrefix("user.") && !name.hasPrefix("user.overlay."))
    }
}
