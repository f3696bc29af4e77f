import Glibc

extension ImageRecords {
    /// A name with its file.
    struct Name {
        let file: String
        let record: ReferenceRecord
        /// In seconds since 1970.
        let lastUsed: Double
    }

    /// A file that says what an image consists of; an image that was pulled by an index has two.
    struct ImageFile {
        let file: String
        let record: ImageRecord
    }

    /// All that can be read, and the files that cannot.
    struct Inventory {
        var names: [Name] = []
        var images: [ImageFile] = []
        var unreadable: [String] = []
        /// What the layers of all images hold.
        var bytes: [ImageDigest: Int64] = [:]

        /// The images by their digest.
        var imagesByDigest: [ImageDigest: ImageRecord] { Dictionary(images.map { ($0.record.digest, $0.record) }) { first, _ in first } }
    }

    /// Reads everything; blocking.
    func inventory() throws(ImageError) -> Inventory {
        var inventory = Inventory()
        for path in try files(in: "references") {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            guard let record = try contents(ReferenceRecord.self, path) else {
                inventory.unreadable.append(path)
                continue
            }
            inventory.names.append(Name(file: path, record: record, lastUsed: StoreClock.seconds(status.st_mtim)))
        }
        for path in try files(in: "images") {
            guard let record = try contents(ImageRecord.self, path) else {
                inventory.unreadable.append(path)
                continue
            }
            inventory.images.append(ImageFile(file: path, record: record))
            for layer in record.diffIDs where inventory.bytes[layer] == nil { inventory.bytes[layer] = folder.bytes(ofLayer: layer.hex) }
        }
        return inventory
    }

    /// - Returns: nothing if the file is no such record.
    /// - Throws: if it cannot be told, as without descriptors: then it must not be taken for garbage.
    private func contents<Record: Decodable>(_ type: Record.Type, _ path: String) throws(ImageError) -> Record? {
        do throws(ImageError) {
            let bytes = try readFile(path, limit: ImageLimits().configurationBytes, what: "record")
            return try JSONDocument.decode(type, from: bytes, what: "record")
        } catch {
            guard error.code != .storage else { throw error }
            return nil
        }
    }

    private func files(in name: String) throws(ImageError) -> [String] {
        let path = "\(folder.path)/\(name)"
        let folder = try FileDescriptor.folder(path)
        return try entryNames(of: folder.raw).map { "\(path)/\(text(of: $0))" }
    }
}
