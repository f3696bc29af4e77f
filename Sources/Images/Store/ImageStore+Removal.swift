import Glibc

extension ImageStore {
    /// All images by their names.
    public func images() async throws(ImageError) -> [StoredImage] {
        try await blocking { [self] (_) throws(ImageError) in
            let inventory = try records.inventory()
            return holds.whileStill { (used, _) in list(inventory, used) }
        }
    }

    /// Removes a name, and the image with its last name. Layers that others need stay.
    ///
    /// - Parameters:
    ///   - text: a name; or a digest or its beginning, of at least 4 digits, which means the image with all its names.
    ///   - force: also if a container runs from it: the container keeps the layers until it ends.
    /// - Throws: ``ImageError`` with code `notFound`, or `inUse`.
    public func remove(_ text: String, force: Bool = false) async throws(ImageError) -> ImageRemoval {
        let removed = try await blocking { [self] (_) throws(ImageError) in
            let inventory = try records.inventory()
            let names = try named(text, inventory)
            let lost = Set(names.map(\.record.digest)).filter { digest in
                inventory.names.count { $0.record.digest == digest } == names.count { $0.record.digest == digest }
            }
            return try holds.whileStill { (used, _) throws(ImageError) in
                let users = inventory.images.filter { lost.contains($0.record.digest) }.flatMap { used.users(of: $0.record) }
                guard force || users.isEmpty else { throw Self.inUse(text, Set(users).sorted()) }
                return try unlinkAll(names)
            }
        }
        return removed + (try await removeUnneeded())
    }

    /// Removes all images that nothing uses.
    ///
    /// - Parameter excluded: those that stay.
    public func prune(except excluded: Set<ImageReference>) async throws(ImageError) -> ImageRemoval {
        var cleanup = ImageCleanup()
        cleanup.excluded = excluded
        let policy = cleanup
        let removed = try await removeNames { policy.removable($0) }
        try await blocking { [folder] (_) throws(ImageError) in try folder.partial.removeAbandoned(olderThan: 0) }
        return removed + (try await removeUnneeded())
    }

    /// Removes what a policy says: images that are too old, and if there is not enough room then one after the other.
    /// The images that are used now count as used at this moment.
    public func cleanUp(_ cleanup: ImageCleanup) async throws(ImageError) -> ImageRemoval {
        try await cleanUp(cleanup) { [folder] () throws(ImageError) in try FileSystemSpace(at: folder.path).free }
    }

    /// - Parameter freeSpace: the part of the file system that is free.
    func cleanUp(
        _ cleanup: ImageCleanup,
        freeSpace: @escaping @Sendable () throws(ImageError) -> Double
    ) async throws(ImageError) -> ImageRemoval {
        try await blocking { [self] (_) throws(ImageError) in
            try touchUsed()
            try folder.partial.removeAbandoned(olderThan: ImageLimits.partialSeconds)
        }
        var removal = try await removeNames { cleanup.outdated($0, now: StoreClock.now) }
        removal = removal + (try await removeUnneeded())
        func isShort() async throws(ImageError) -> Bool {
            try await blocking { (_) throws(ImageError) in try freeSpace() } < cleanup.headroom
        }
        guard try await isShort() else { return removal }
        try await blocking { [folder] (_) throws(ImageError) in try folder.partial.removeAbandoned(olderThan: 0) }
        while try await isShort() {
            var next = try await removeNames { Array(cleanup.removable($0).prefix(1)) }
            next = next + (try await removeUnneeded())
            if next == ImageRemoval() { break }
            removal = removal + next
        }
        return removal
    }

    /// Removes the layers and records that no name leads to and that nothing uses, such as those of a tag's former image.
    @discardableResult
    public func removeUnneeded() async throws(ImageError) -> ImageRemoval {
        try await blocking { [self] (_) throws(ImageError) in
            var taken: [(name: String, bytes: Int64)] = []
            // Where something is recorded meanwhile, it is looked again; the last attempt leaves it to the next time.
            for _ in 0..<Self.attempts {
                let before = holds.recordings
                let inventory = try records.inventory()
                let layers = try folder.layerNames()
                let isDone = try holds.whileStill { (used, recordings) throws(ImageError) in
                    guard recordings == before else { return false }
                    taken = try takeOutUnneeded(inventory, layers, used)
                    return true
                }
                if isDone { break }
            }
            for layer in taken { try folder.removeTemporary(layer.name) }
            var removal = ImageRemoval()
            removal.layers = taken.count
            removal.bytes = taken.reduce(0) { $0 &+ $1.bytes }
            return removal
        }
    }

    private static let attempts = 5
}

// MARK: While nobody can take a hold

extension ImageStore {
    private func removeNames(_ choose: @escaping @Sendable ([StoredImage]) -> [StoredImage]) async throws(ImageError) -> ImageRemoval {
        try await blocking { [self] (_) throws(ImageError) in
            let inventory = try records.inventory()
            return try holds.whileStill { (used, _) throws(ImageError) in
                let chosen = Set(choose(list(inventory, used)).map(\.reference))
                return try unlinkAll(inventory.names.filter { chosen.contains($0.record.reference) })
            }
        }
    }

    private func list(_ inventory: ImageRecords.Inventory, _ used: UsedLayers) -> [StoredImage] {
        let images = inventory.imagesByDigest
        return inventory.names.compactMap { name -> StoredImage? in
            guard let image = images[name.record.digest] else { return nil }
            return StoredImage(
                reference: name.record.reference,
                digest: image.digest,
                bytes: Set(image.diffIDs).reduce(0) { $0 &+ inventory.bytes[$1, default: 0] },
                pulled: name.record.pulled,
                lastUsed: name.lastUsed,
                users: used.users(of: image)
            )
        }
        .sorted { $0.reference < $1.reference }
    }

    private func unlinkAll(_ names: [ImageRecords.Name]) throws(ImageError) -> ImageRemoval {
        var removal = ImageRemoval()
        for name in names {
            guard unlink(name.file) == 0 || errno == ENOENT else { throw systemError("remove", name.file) }
            removal.references.append(name.record.reference)
        }
        removal.references.sort()
        return removal
    }

    private func takeOutUnneeded(
        _ inventory: ImageRecords.Inventory,
        _ layers: [String],
        _ used: UsedLayers
    ) throws(ImageError) -> [(name: String, bytes: Int64)] {
        let named = Set(inventory.names.map(\.record.digest))
        var needed: Set<String> = []
        for image in inventory.images {
            if named.contains(image.record.digest) || !used.users(of: image.record).isEmpty {
                needed.formUnion(image.record.diffIDs.map(\.hex))
            } else {
                unlink(image.file)
            }
        }
        let known = inventory.imagesByDigest
        for name in inventory.names where known[name.record.digest] == nil { unlink(name.file) }
        for path in inventory.unreadable { unlink(path) }
        var taken: [(String, Int64)] = []
        for layer in layers where !needed.contains(layer) && !used.contains(layer) {
            let bytes = folder.bytes(ofLayer: layer)
            if let name = try folder.takeOut(layer: layer) { taken.append((name, bytes)) }
        }
        return taken
    }

    private func touchUsed() throws(ImageError) {
        let inventory = try records.inventory()
        let images = inventory.imagesByDigest
        let inUse = holds.whileStill { (used, _) in
            inventory.names.filter { name in images[name.record.digest].map { !used.users(of: $0).isEmpty } ?? false }
        }
        for name in inUse { utimensat(AT_FDCWD, name.file, nil, 0) }
    }
}

// MARK: Names

extension ImageStore {
    private func named(_ text: String, _ inventory: ImageRecords.Inventory) throws(ImageError) -> [ImageRecords.Name] {
        if let reference = try? ImageReference(parsing: text) {
            let names = inventory.names.filter { $0.record.reference == reference.description }
            if !names.isEmpty { return names }
        }
        let prefix = text.hasPrefix("sha256:") ? text : "sha256:\(text)"
        let digits = prefix.dropFirst("sha256:".count)
        if digits.utf8.count >= 4, digits.utf8.allSatisfy(ReferenceRules.isLowerHex) {
            let names = inventory.names.filter { $0.record.digest.description.hasPrefix(prefix) }
            guard Set(names.map(\.record.digest)).count <= 1 else {
                throw ImageError(.invalidReference, "the digest \(quoted(text)) means several images; write more of it")
            }
            if !names.isEmpty { return names }
        }
        throw ImageError(.notFound, "there is no image \(quoted(text))")
    }

    private static func inUse(_ text: String, _ users: [String]) -> ImageError {
        let more = users.count > 5 ? " and \(users.count - 5) more" : ""
        return ImageError(
            .inUse,
            "the image \(quoted(text)) is used by \(users.prefix(5).joined(separator: ", "))\(more); "
                + "force takes its name away, and its files stay until these have ended"
        )
    }
}
