/// Brings one layer into the store: fetch, unpack, compare, move to its place.
struct LayerInstallation: Sendable {
    let layer: LayerSource
    let source: any ImageSource
    let folder: StoreFolder
    let limits: ImageLimits

    /// - Throws: ``ImageError``; the temporary folder is removed then.
    func run(_ progress: @escaping @Sendable (ImageProgress) -> Void) async throws(ImageError) {
        guard !folder.hasLayer(layer.diffID) else { return }
        let diffID = layer.diffID
        let total = layer.size
        let blob = try await source.openLayer(layer, temporaryIn: folder) { bytes in
            progress(.downloading(diffID: diffID, bytes: bytes, total: total))
        }
        progress(.unpacking(diffID: diffID))
        do throws(ImageError) {
            try await blocking { (cancellation) throws(ImageError) in try unpack(blob, cancellation) }
        } catch {
            // One that was stopped may be wanted again; all else would fail the same way, or lacks the room.
            if error.code != .cancelled { blob.discard() }
            throw error
        }
        blob.discard()
    }

    private func unpack(_ blob: BlobFile, _ cancellation: CancellationFlag) throws(ImageError) {
        let (name, path) = try folder.makeTemporaryFolder()
        do throws(ImageError) {
            let unpacked = try LayerUnpacker.unpack(
                blob.descriptor,
                into: try FileDescriptor.folder(path),
                limits: limits,
                cancellation: cancellation
            )
            guard unpacked.diffID == layer.diffID else {
                throw ImageError(
                    .digestMismatch,
                    "layer \(quoted(layer.name)) unpacks to the diff id \(unpacked.diffID), expected \(layer.diffID)"
                )
            }
            try folder.keepLayer(name, as: layer.diffID, bytes: unpacked.bytes)
        } catch {
            try folder.removeTemporary(name)
            throw error
        }
    }
}
