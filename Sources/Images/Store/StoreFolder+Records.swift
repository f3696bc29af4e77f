import Glibc

/// What is remembered of a layer beside its folder.
struct LayerRecord: Codable, Hashable, Sendable {
    /// Of its files, holes counted.
    let bytes: Int64
}

extension StoreFolder {
    func sizePath(_ layer: String) -> String { "\(path)/sizes/\(layer).json" }

    /// What a layer holds; 0 if that is not known.
    func bytes(ofLayer layer: String) -> Int64 {
        guard let bytes = try? readFile(sizePath(layer), limit: 4096, what: "record") else { return 0 }
        return max(0, (try? JSONDocument.decode(LayerRecord.self, from: bytes, what: "record"))?.bytes ?? 0)
    }

    /// The names of the layers, in hexadecimal.
    func layerNames() throws(ImageError) -> [String] {
        let folder = try FileDescriptor.folder("\(path)/layers/sha256")
        return try entryNames(of: folder.raw).map { text(of: $0) }
    }

    /// Takes a layer out of the store in one step; its content is still to be removed, by ``removeTemporary(_:)``.
    ///
    /// - Returns: its temporary name, nothing if there is no such layer.
    func takeOut(layer: String) throws(ImageError) -> String? {
        let name = temporaryName()
        guard rename("\(path)/layers/sha256/\(layer)", "\(temporary)/\(name)") == 0 else {
            guard errno == ENOENT else { throw systemError("take out of the store the layer", layer) }
            return nil
        }
        unlink(sizePath(layer))
        return name
    }

    /// Writes a record in one step: whoever reads it, after a loss of power too, finds the former one or this one.
    func write(_ record: some Encodable, to path: String) throws(ImageError) {
        let bytes = try JSONDocument.encode(record)
        let temporary = "\(self.temporary)/\(temporaryName())"
        let raw = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw systemError("make the file", temporary) }
        let file = FileDescriptor(owning: raw)
        var failure: ImageError?
        bytes.withUnsafeBytes { bytes in
            do throws(ImageError) { try file.write(bytes, path: temporary) } catch { failure = error }
        }
        if failure == nil, fdatasync(file.raw) != 0 { failure = systemError("write to the disk", temporary) }
        if let failure {
            unlink(temporary)
            throw failure
        }
        guard rename(temporary, path) == 0 else { throw systemError("move a record to", path) }
    }
}
