import Glibc

/// What was unpacked.
struct UnpackedLayer {
    /// What the layer's uncompressed bytes hash to, for the caller to compare.
    let diffID: ImageDigest
    /// Of its files, holes counted.
    let bytes: Int64
}

/// Unpacks one layer into a folder.
enum LayerUnpacker {
    /// - Parameters:
    ///   - file: the layer, plain or compressed by gzip or zstd, open at its beginning.
    ///   - folder: an empty folder, which becomes the layer's root.
    static func unpack(
        _ file: borrowing FileDescriptor,
        into folder: consuming FileDescriptor,
        limits: ImageLimits,
        cancellation: CancellationFlag
    ) throws(ImageError) -> UnpackedLayer {
        let stream = try DecompressedStream(file, limit: limits.unpackedLayerBytes, cancellation: cancellation)
        let writer = LayerWriter(root: folder, limits: limits)
        let bytes = try withByteNames { () throws(ImageError) in
            try writeEntries(of: try ArchiveReader(tar: stream), to: writer, limits: limits)
        }
        try writer.finish()
        return UnpackedLayer(diffID: try stream.finish(), bytes: bytes)
    }

    /// - Returns: the bytes of all files.
    private static func writeEntries(
        of archive: ArchiveReader,
        to writer: LayerWriter,
        limits: ImageLimits
    ) throws(ImageError) -> Int64 {
        var entries = 0
        var bytes: Int64 = 0
        while let entry = try archive.next() {
            entries += 1
            guard entries <= limits.entriesPerLayer else {
                throw ImageError(.limitExceeded, "the layer has more than \(limits.entriesPerLayer) entries, which is the limit")
            }
            let (sum, overflow) = bytes.addingReportingOverflow(entry.size)
            guard entry.size >= 0, !overflow, sum <= limits.unpackedLayerBytes else {
                throw ImageError(.limitExceeded, "the layer unpacks to more than \(limits.unpackedLayerBytes) bytes, which is the limit")
            }
            bytes = sum
            try writer.write(entry, contents: archive)
        }
        return bytes
    }
}
