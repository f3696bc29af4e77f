extension ImagePlatform {
    /// The manifest of an index that this platform runs: of several, one without a variant, else the first.
    ///
    /// - Throws: ``ImageError`` with code `platformUnavailable` that lists what there is.
    func choose(from manifests: [ContentDescriptor], what: String) throws(ImageError) -> ContentDescriptor {
        let matching = manifests.filter { $0.platform.map(runs) ?? false }
        if let plain = matching.first(where: { $0.platform?.variant == nil }) ?? matching.first { return plain }
        // An index of one manifest that does not say its platform: the configuration is checked later.
        let images = manifests.filter { MediaTypes.manifests.contains($0.mediaType) || MediaTypes.indexes.contains($0.mediaType) }
        if images.count == 1, let only = images.first, only.platform == nil { return only }
        let available = manifests.compactMap { $0.platform?.description }.prefix(20).joined(separator: ", ")
        throw ImageError(
            .platformUnavailable,
            "\(what) has no image for \(self); it has: \(available.isEmpty ? "nothing with a platform" : quoted(available))"
        )
    }

    private func runs(_ platform: PlatformDocument) -> Bool {
        platform.os == operatingSystem && platform.architecture == architecture
    }
}
