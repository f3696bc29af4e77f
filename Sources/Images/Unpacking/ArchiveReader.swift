import CArchive
import Glibc

/// libarchive's reader, with the few kinds of input that are wanted, and names that stay bytes.
///
/// libarchive translates the UTF-8 names of pax headers to the character set of the thread, and composes accents while doing so:
/// `e` + combining acute would become one character, another name. In the C locale it cannot translate and hands over the bytes as
/// they are, with a warning that is let pass here, and only that one.
package final class ArchiveReader {
    private let archive: OpaquePointer
    private let source: AnyObject?
    /// What can be read, for messages.
    private let expected: String

    /// Reads a tar from a file, plain or compressed by gzip or zstd.
    ///
    /// Only filters that libarchive has built in are enabled: the others start programs.
    convenience init(tar file: borrowing FileDescriptor) throws(ImageError) {
        try self.init(keeping: nil)
        try check(archive_read_support_filter_gzip(archive), "read gzip")
        try check(archive_read_support_filter_zstd(archive), "read zstd")
        try check(archive_read_support_format_tar(archive), "read tar")
        try check(archive_read_open_fd(archive, file.raw, 256 << 10), "read the archive")
    }

    /// Reads a tar from a stream of uncompressed bytes.
    convenience init(tar stream: DecompressedStream) throws(ImageError) {
        try self.init(keeping: stream)
        try check(archive_read_support_format_tar(archive), "read tar")
        let context = Unmanaged.passUnretained(stream).toOpaque()
        let status = archive_read_open(archive, context, nil, readBlock, nil)
        if let failure = stream.failure { throw failure }
        try check(status, "read the layer")
    }

    /// Reads what users have others fetch: a tar or a zip, as it is or compressed by gzip, bzip2, xz or zstd.
    ///
    /// - Parameter file: open at its beginning; it must outlive the reader.
    package convenience init(archive file: CInt) throws(ImageError) {
        try self.init(keeping: nil, expected: "a tar or zip, plain or compressed by gzip, bzip2, xz or zstd")
        for filter in [
            archive_read_support_filter_gzip, archive_read_support_filter_bzip2, archive_read_support_filter_xz,
            archive_read_support_filter_zstd,
        ] {
            try check(filter(archive), "read compressed archives")
        }
        try check(archive_read_support_format_tar(archive), "read tar")
        // By its list of files, at its end: without it, a zip that is cut off would look whole.
        try check(archive_read_support_format_zip_seekable(archive), "read zip")
        try check(archive_read_open_fd(archive, file, 256 << 10), "read the archive")
    }

    /// Reads a file that gzip has compressed: its one entry is the content.
    ///
    /// - Parameter file: open at its beginning; it must outlive the reader.
    package convenience init(gzip file: CInt) throws(ImageError) {
        try self.init(keeping: nil, expected: "a file compressed by gzip")
        try check(archive_read_support_filter_gzip(archive), "read gzip")
        try check(archive_read_support_format_raw(archive), "read gzip")
        try check(archive_read_open_fd(archive, file, 256 << 10), "read the file")
        guard archive_filter_code(archive, 0) == ARCHIVE_FILTER_GZIP else {
            throw ImageError(.invalidArchive, "the file is not compressed by gzip, though its name says so")
        }
    }

    private init(
        keeping source: AnyObject?,
        expected: String = "a tar, plain or compressed by gzip or zstd"
    ) throws(ImageError) {
        guard let archive = archive_read_new() else { throw ImageError(.storage, "no memory to read an archive") }
        self.archive = archive
        self.source = source
        self.expected = expected
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next entry, `nil` after the last.
    package func next() throws(ImageError) -> ArchiveEntry? {
        var entry: OpaquePointer?
        let status = archive_read_next_header(archive, &entry)
        if let failure = (source as? DecompressedStream)?.failure { throw failure }
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK || (status == ARCHIVE_WARN && onlyKeptBytes), let entry else { throw failure("read the next entry") }
        return ArchiveEntry(pointer: entry)
    }

    /// Hands over the contents of the entry that was read last, block by block; holes are skipped.
    func forEachBlock(_ body: (UnsafeRawBufferPointer, Int64) throws(ImageError) -> Void) throws(ImageError) {
        while let block = try nextBlock() { try body(block.bytes, block.offset) }
    }

    /// The next piece of the entry that was read last and where it belongs, `nil` at its end; valid until the next call.
    package func nextBlock() throws(ImageError) -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
        var block: UnsafeRawPointer?
        var size = 0
        var offset: Int64 = 0
        let status = archive_read_data_block(archive, &block, &size, &offset)
        if let failure = (source as? DecompressedStream)?.failure { throw failure }
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK else { throw failure("read the contents of an entry") }
        return (UnsafeRawBufferPointer(start: block, count: size), offset)
    }

    private var onlyKeptBytes: Bool { message.contains("can't be converted from") }

    private var message: String { archive_error_string(archive).map { String(cString: $0) } ?? "unknown error" }

    private func check(_ status: CInt, _ attempt: String) throws(ImageError) {
        guard status == ARCHIVE_OK else { throw failure(attempt) }
    }

    private func failure(_ attempt: String) -> ImageError {
        ImageError(.invalidArchive, "cannot \(attempt): \(quoted(message)); it is to be \(expected)")
    }
}

/// libarchive's read callback: the next uncompressed block. A failure is kept in the stream, where the reader finds it.
private func readBlock(
    _ archive: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ block: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let context, let block else { return -1 }
    let stream = Unmanaged<DecompressedStream>.fromOpaque(context).takeUnretainedValue()
    guard let bytes = stream.nextBlock() else { return -1 }
    block.pointee = bytes.baseAddress
    return bytes.count
}

/// Runs `body` with a thread whose names are bytes; see ``ArchiveReader``.
func withByteNames<Value>(_ body: () throws(ImageError) -> Value) throws(ImageError) -> Value {
    try withNames(.bytes, orElse: { $0 }, body)
}

/// How libarchive hands over names that an archive has in another character set than the machine.
package enum ArchiveNames: Sendable {
    /// As the bytes they are; right for tar.
    case bytes
    /// As UTF-8. Zip needs it: where it says that a name is UTF-8, libarchive has no name at all in the C locale. Accents that
    /// stand apart from their letters are joined to them.
    case unicode
}

/// Runs `body` with a thread whose names are of a kind; see ``ArchiveReader``.
///
/// - Parameter failure: makes an error of the caller's of one of this library's.
package func withNames<Value, Failure: Error>(
    _ names: ArchiveNames,
    orElse failure: (ImageError) -> Failure,
    _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
    guard let locale = names == .bytes ? agora_new_byte_locale() : agora_new_unicode_locale() else {
        throw failure(systemError("make", names == .bytes ? "C locale" : "C.UTF-8 locale"))
    }
    let previous = uselocale(locale)
    defer {
        uselocale(previous)
        freelocale(locale)
    }
    return try body()
}
