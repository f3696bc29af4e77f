import Glibc
import Logging

/// What the store remembers of an image: enough to use it again without a registry.
struct ImageRecord: Codable, Hashable, Sendable {
    let digest: ImageDigest
    let platform: String
    /// Lowest first.
    let diffIDs: [ImageDigest]
    let configuration: ImageConfiguration
}

/// What a name meant when it was pulled last. When it was last used is the time of its file.
struct ReferenceRecord: Codable, Hashable, Sendable {
    let reference: String
    let platform: String
    let digest: ImageDigest
    /// In seconds since 1970.
    let pulled: Double
}

/// The small JSON files of the store, written by rename. A file that cannot be read counts as missing: the image is pulled again.
struct ImageRecords: Sendable {
    let folder: StoreFolder
    let logger: Logger
    let memory = RecordMemory()

    /// The image of a manifest digest, or of an index's for this platform.
    func image(_ digest: ImageDigest, _ platform: ImagePlatform) -> ImageRecord? {
        guard let record = read(ImageRecord.self, imagePath(digest, platform)) else { return nil }
        return record.platform == platform.description && record.diffIDs.allSatisfy(folder.hasLayer) ? record : nil
    }

    /// The image a reference meant when it was pulled last.
    func image(_ reference: ImageReference, _ platform: ImagePlatform) -> ImageRecord? {
        if case .registry(let image) = reference.location, let digest = image.digest { return self.image(digest, platform) }
        guard let record = read(ReferenceRecord.self, referencePath(reference, platform)) else { return nil }
        guard record.reference == reference.description, record.platform == platform.description else { return nil }
        return image(record.digest, platform)
    }

    /// Remembers a complete image under its digest, the digest it was asked for by, and its reference.
    func keep(
        _ record: ImageRecord,
        alsoAs other: ImageDigest?,
        for reference: ImageReference,
        _ platform: ImagePlatform
    ) throws(ImageError) {
        // What stands there already needs no write, which would wait for the disk: local images are looked at for each launch.
        for digest in Set([record.digest, other ?? record.digest]) where image(digest, platform) != record {
            try write(record, to: imagePath(digest, platform))
        }
        let name = read(ReferenceRecord.self, referencePath(reference, platform))
        if name?.digest != record.digest || name?.reference != reference.description {
            try keep(reference, as: record.digest, platform)
        }
    }

    private func keep(_ reference: ImageReference, as digest: ImageDigest, _ platform: ImagePlatform) throws(ImageError) {
        let name = ReferenceRecord(
            reference: reference.description,
            platform: platform.description,
            digest: digest,
            pulled: StoreClock.now
        )
        try write(name, to: referencePath(reference, platform))
    }

    private func write(_ record: some Encodable, to path: String) throws(ImageError) {
        defer { memory.forget(path) }
        try folder.write(record, to: path)
    }

    /// Remembers that an image is used by this name now; one that was found by its digest gets the name.
    func touch(_ reference: ImageReference, _ digest: ImageDigest, _ platform: ImagePlatform) throws(ImageError) {
        let path = referencePath(reference, platform)
        if utimensat(AT_FDCWD, path, nil, 0) == 0 { return }
        guard errno == ENOENT else { throw systemError("set the time of", path) }
        try keep(reference, as: digest, platform)
    }

    private func imagePath(_ digest: ImageDigest, _ platform: ImagePlatform) -> String {
        "\(folder.path)/images/\(ImageDigest(of: Array("\(digest) \(platform)".utf8)).hex).json"
    }

    private func referencePath(_ reference: ImageReference, _ platform: ImagePlatform) -> String {
        "\(folder.path)/references/\(ImageDigest(of: Array("\(reference) \(platform)".utf8)).hex).json"
    }

    private func read<Record: Decodable & Sendable>(_ type: Record.Type, _ path: String) -> Record? {
        memory.record(at: path) {
            do throws(ImageError) {
                let bytes = try readFile(path, limit: ImageLimits().configurationBytes, what: "record")
                return try JSONDocument.decode(type, from: bytes, what: "record")
            } catch {
                logger.warning("image record ignored", metadata: ["path": "\(path)", "reason": "\(error.reason)"])
                return nil
            }
        }
    }
}

/// Reads a whole small file that must be a regular one; blocking.
func readFile(_ path: String, limit: Int, what: String) throws(ImageError) -> [UInt8] {
    let file = try FileDescriptor.regularFile(path, missing: .notFound)
    let size = try file.size(path)
    guard size <= limit else { throw ImageError(.limitExceeded, "\(what) \(quoted(path)) has \(size) bytes; the limit is \(limit)") }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 1, alignment: 1)
    defer { buffer.deallocate() }
    var count = 0
    while count <= limit {
        let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]), path: path)
        if read == 0 { return Array(buffer[..<count]) }
        count += read
    }
    throw ImageError(.limitExceeded, "\(what) \(quoted(path)) is longer than \(limit) bytes, which is the limit")
}
