import Glibc

/// Removes a file or a folder with all that is in it, by descriptors: no path is resolved twice and no link is followed.
///
/// A hostile layer can nest deeper than paths are long and than descriptors are many. So no descent: a folder found inside is
/// emptied by moving its sub-folders up to the top, which needs three descriptors whatever the depth.
func removeTree(_ name: [CChar], in parent: CInt) throws(ImageError) {
    if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
    guard errno == EISDIR || errno == EPERM else { throw removalError(name) }
    let raw = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard raw >= 0 else { throw removalError(name) }
    let top = FileDescriptor(owning: raw)
    var moved: UInt64 = 0
    while try removeEntries(of: top.raw, top: top.raw, moved: &moved) > 0 {}
    guard unlinkat(parent, name, AT_REMOVEDIR) == 0 else { throw removalError(name) }
}

/// One pass over a folder: removes what can be removed and lifts the folders that are not empty. Returns how much it found.
private func removeEntries(of folder: CInt, top: CInt, moved: inout UInt64) throws(ImageError) -> Int {
    let names = try entryNames(of: folder)
    for name in names {
        if unlinkat(folder, name, 0) == 0 || unlinkat(folder, name, AT_REMOVEDIR) == 0 { continue }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw removalError(name) }
        if folder == top {
            try emptyFolder(name, top: top, moved: &moved)
        } else {
            try lift(name, from: folder, to: top, moved: &moved)
        }
    }
    return names.count
}

private func emptyFolder(_ name: [CChar], top: CInt, moved: inout UInt64) throws(ImageError) {
    let raw = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard raw >= 0 else { throw removalError(name) }
    let folder = FileDescriptor(owning: raw)
    _ = try removeEntries(of: folder.raw, top: top, moved: &moved)
    guard unlinkat(top, name, AT_REMOVEDIR) == 0 else { throw removalError(name) }
}

private func lift(_ name: [CChar], from folder: CInt, to top: CInt, moved: inout UInt64) throws(ImageError) {
    while true {
        moved += 1
        if renameat(folder, name, top, ".removing-\(moved)") == 0 { return }
        // The new name may be taken, by whatever the image called so.
        guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw removalError(name) }
    }
}

/// The names in a folder, without `.` and `..`, NUL-terminated.
func entryNames(of folder: CInt) throws(ImageError) -> [[CChar]] {
    let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
        if copy >= 0 { close(copy) }
        throw systemError("list", "a folder of the image store")
    }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) { start in
                Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
            }
        }
        if name == [0x2e, 0] || name == [0x2e, 0x2e, 0] { continue }
        names.append(name)
    }
    return names
}

private func removalError(_ name: [CChar]) -> ImageError {
    systemError("remove", text(of: name))
}

/// A NUL-terminated name for messages.
func text(of name: [CChar]) -> String {
    String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
