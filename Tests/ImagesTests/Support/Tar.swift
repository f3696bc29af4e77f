import CArchive
import Glibc
import Testing

@testable import Images

/// One entry of a tar made by a test: anything at all, also what no honest tool writes.
struct TarEntry {
    var name: [UInt8]
    var kind: mode_t = S_IFREG
    var mode: mode_t = 0o644
    var user: Int64 = 0
    var group: Int64 = 0
    var modified = 1_600_000_000
    var contents: [UInt8] = []
    var target: String?
    var hardLink: String?
    var device: dev_t = 0
    var attributes: [(name: String, value: [UInt8])] = []
    /// A sparse file of this length, with `contents` at its beginning.
    var sparseLength: Int64?

    static func file(_ name: String, _ text: String = "", mode: mode_t = 0o644) -> TarEntry {
        TarEntry(name: Array(name.utf8), mode: mode, contents: Array(text.utf8))
    }

    static func folder(_ name: String, mode: mode_t = 0o755) -> TarEntry {
        TarEntry(name: Array(name.utf8), kind: S_IFDIR, mode: mode)
    }

    static func link(_ name: String, to target: String) -> TarEntry {
        TarEntry(name: Array(name.utf8), kind: S_IFLNK, mode: 0o777, target: target)
    }

    static func hardLink(_ name: String, to target: String) -> TarEntry {
        TarEntry(name: Array(name.utf8), hardLink: target)
    }
}

enum TarCompression: CaseIterable {
    case none
    case gzip
    case zstd
}

/// Writes a pax tar by libarchive and returns its bytes.
func tar(_ entries: [TarEntry], _ compression: TarCompression = .none) async throws -> [UInt8] {
    try await withScratch { (scratch) async throws in
        try writeTar(entries, compression, to: "\(scratch)/tar")
        return try contents("\(scratch)/tar")
    }
}

private func writeTar(_ entries: [TarEntry], _ compression: TarCompression, to path: String) throws {
    // Names are taken as UTF-8, so that the headers are as Go's and Python's tar writers make them.
    let unicode = try #require(newlocale(1 << LC_CTYPE, "C.UTF-8", nil))
    let previous = uselocale(unicode)
    defer {
        uselocale(previous)
        freelocale(unicode)
    }
    let archive = try #require(archive_write_new())
    defer { archive_write_free(archive) }
    switch compression {
    case .none: break
    case .gzip: archive_write_add_filter_gzip(archive)
    case .zstd: archive_write_add_filter_zstd(archive)
    }
    archive_write_set_format_pax(archive)
    try #require(archive_write_open_filename(archive, path) == ARCHIVE_OK)
    for entry in entries { try write(entry, to: archive) }
    try #require(archive_write_close(archive) == ARCHIVE_OK)
}

private func write(_ entry: TarEntry, to archive: OpaquePointer) throws {
    let header = try #require(archive_entry_new())
    defer { archive_entry_free(header) }
    archive_entry_copy_pathname(header, entry.name.map { CChar(bitPattern: $0) } + [0])
    archive_entry_set_filetype(header, UInt32(entry.kind))
    archive_entry_set_perm(header, entry.mode)
    archive_entry_set_uid(header, entry.user)
    archive_entry_set_gid(header, entry.group)
    archive_entry_set_mtime(header, entry.modified, 123_456_789)
    archive_entry_set_size(header, entry.sparseLength ?? Int64(entry.contents.count))
    archive_entry_set_rdev(header, entry.device)
    if let target = entry.target { archive_entry_copy_symlink(header, target) }
    if let target = entry.hardLink { archive_entry_copy_hardlink(header, target) }
    for (name, value) in entry.attributes { archive_entry_xattr_add_entry(header, name, value, value.count) }
    if entry.sparseLength != nil { archive_entry_sparse_add_entry(header, 0, Int64(entry.contents.count)) }
    try #require(archive_write_header(archive, header) >= ARCHIVE_WARN, "\(String(cString: archive_error_string(archive)))")
    guard entry.hardLink == nil, entry.kind == S_IFREG else { return }
    if !entry.contents.isEmpty { _ = archive_write_data(archive, entry.contents, entry.contents.count) }
    try skipHole(entry, archive)
}

private func skipHole(_ entry: TarEntry, _ archive: OpaquePointer) throws {
    guard let length = entry.sparseLength else { return }
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    var rest = length - Int64(entry.contents.count)
    while rest > 0 {
        let count = archive_write_data(archive, zeros, Int(min(rest, Int64(zeros.count))))
        try #require(count >= 0)
        // Zero: the writer has what it wants, the hole needs no bytes.
        if count == 0 { return }
        rest -= Int64(count)
    }
}
