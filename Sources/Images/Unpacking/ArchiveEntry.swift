import CArchive
import Glibc

/// One entry of an archive that is being read; valid until the next one is.
package struct ArchiveEntry {
    let pointer: OpaquePointer

    /// The path as the archive has it, in bytes.
    package func path() throws(ImageError) -> LayerPath {
        guard let name = archive_entry_pathname(pointer) else {
            throw ImageError(.invalidArchive, "the archive has an entry without a name")
        }
        return try LayerPath(name)
    }

    /// `S_IFREG`, `S_IFDIR`, …
    package var fileType: UInt32 { archive_entry_filetype(pointer) }

    /// Permission bits with set-user-id, set-group-id and sticky.
    package var permissions: UInt32 { archive_entry_perm(pointer) & 0o7777 }

    /// Length of the contents in bytes, holes included.
    package var size: Int64 { archive_entry_size_is_set(pointer) != 0 ? archive_entry_size(pointer) : 0 }

    /// The file this entry is another name of, if it is a hard link.
    package var hardLink: UnsafePointer<CChar>? { archive_entry_hardlink(pointer) }

    /// What a symbolic link says.
    package var symbolicLink: UnsafePointer<CChar>? { archive_entry_symlink(pointer) }

    /// Major and minor number of a device.
    var device: dev_t { archive_entry_rdev(pointer) }

    /// User and group.
    func owner(of path: LayerPath) throws(ImageError) -> (user: uid_t, group: gid_t) {
        // -1 would mean "leave as it is" to chown(2).
        guard let user = uid_t(exactly: archive_entry_uid(pointer)), let group = gid_t(exactly: archive_entry_gid(pointer)),
            user != uid_t.max, group != gid_t.max
        else {
            throw ImageError(.invalidArchive, "the layer's entry \(path.inQuotes) has a user or group id out of range")
        }
        return (user, group)
    }

    /// When its contents were changed; the epoch if it does not say.
    package var modified: (seconds: Int, nanoseconds: Int) {
        guard archive_entry_mtime_is_set(pointer) != 0 else { return (0, 0) }
        return (archive_entry_mtime(pointer), min(max(archive_entry_mtime_nsec(pointer), 0), 999_999_999))
    }

    /// Access and modification time: both are the entry's modification time.
    var times: [timespec] {
        let time = timespec(tv_sec: modified.seconds, tv_nsec: modified.nanoseconds)
        return [time, time]
    }
}
