import Glibc

@testable import Images

/// Unpacks a layer given as bytes into `<scratch>/layer`; the diff id is returned.
func unpack(_ layer: [UInt8], in scratch: String, limits: ImageLimits = ImageLimits()) throws -> ImageDigest {
    try write(layer, to: "\(scratch)/layer.tar")
    mkdir("\(scratch)/layer", 0o755)
    return try LayerUnpacker.unpack(
        try FileDescriptor.regularFile("\(scratch)/layer.tar", missing: .notFound),
        into: try FileDescriptor.folder("\(scratch)/layer"),
        limits: limits,
        cancellation: CancellationFlag()
    ).diffID
}

/// Unpacks entries and hands the layer's folder to `check`.
func withUnpacked(_ entries: [TarEntry], _ check: (String) throws -> Void) async throws {
    let layer = try await tar(entries)
    try await withScratch { (scratch) async throws in
        _ = try unpack(layer, in: scratch)
        try check("\(scratch)/layer")
    }
}
