import CArchive
import Crypto
import Glibc

/// A layer's bytes after decompression, counted and hashed while they pass: their SHA-256 is the layer's diff id.
///
/// The compression is recognised by content. libarchive decompresses; its blocks are handed on without a copy.
final class DecompressedStream {
    private let archive: OpaquePointer
    private let limit: Int64
    private let cancellation: CancellationFlag
    private var hash = SHA256()
    private var count: Int64 = 0
    private var isAtEnd = false
    private let padding = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 16)
    private var isPadded = false
    /// Why ``nextBlock()`` returned `nil`.
    private(set) var failure: ImageError?

    /// - Parameters:
    ///   - file: the layer as it was transferred, open at its beginning; it must outlive the stream.
    ///   - limit: most bytes that may come out.
    init(_ file: borrowing FileDescriptor, limit: Int64, cancellation: CancellationFlag) throws(ImageError) {
        guard let archive = archive_read_new() else { throw ImageError(.storage, "no memory to read a layer") }
        self.archive = archive
        self.limit = limit
        self.cancellation = cancellation
        let statuses = [
            archive_read_support_filter_gzip(archive),
            archive_read_support_filter_zstd(archive),
            archive_read_support_format_raw(archive),
            archive_read_support_format_empty(archive),
            archive_read_open_fd(archive, file.raw, 256 << 10),
        ]
        guard statuses.allSatisfy({ $0 == ARCHIVE_OK }) else { throw readFailure() }
        var entry: OpaquePointer?
        let status = archive_read_next_header(archive, &entry)
        isAtEnd = status == ARCHIVE_EOF
        guard status == ARCHIVE_OK || isAtEnd else { throw readFailure() }
    }

    deinit {
        padding.deallocate()
        archive_read_free(archive)
    }

    /// The next bytes, none at the end, `nil` after a failure. They are valid until the next call.
    func nextBlock() -> UnsafeRawBufferPointer? {
        guard failure == nil else { return nil }
        do throws(ImageError) {
            return try readBlock()
        } catch {
            failure = error
            return nil
        }
    }

    /// Reads what is left and returns the SHA-256 of everything.
    func finish() throws(ImageError) -> ImageDigest {
        while let block = nextBlock(), !block.isEmpty {}
        if let failure { throw failure }
        return ImageDigest(hash.finalize())
    }

    private func readBlock() throws(ImageError) -> UnsafeRawBufferPointer {
        try cancellation.check()
        var block: UnsafeRawPointer?
        var size = 0
        var offset: Int64 = 0
        while !isAtEnd {
            let status = archive_read_data_block(archive, &block, &size, &offset)
            isAtEnd = status == ARCHIVE_EOF
            guard status == ARCHIVE_OK || isAtEnd else { throw readFailure() }
            guard !isAtEnd, size > 0 else { continue }
            count += Int64(size)
            guard count <= limit else {
                throw ImageError(.limitExceeded, "the layer is longer than \(limit) bytes when decompressed, which is the limit")
            }
            let bytes = UnsafeRawBufferPointer(start: block, count: size)
            hash.update(bufferPointer: bytes)
            return bytes
        }
        return lastPadding()
    }

    /// What fills the last block of a tar, if it was left out; it is no part of the layer's hash. `umoci insert` leaves it out, and
    /// Go's reader, which is Docker's, does not miss it, so there are such images.
    private func lastPadding() -> UnsafeRawBufferPointer {
        let excess = Int(count % Int64(padding.count))
        guard excess > 0, !isPadded else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        isPadded = true
        _ = padding.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(rebasing: padding[excess...])
    }

    private func readFailure() -> ImageError {
        let message = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
        return ImageError(.invalidArchive, "the layer cannot be decompressed: \(quoted(message))")
    }
}
