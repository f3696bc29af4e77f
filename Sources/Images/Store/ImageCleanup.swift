/// When images that nothing uses are removed by themselves.
public struct ImageCleanup: Hashable, Sendable {
    /// The part of the file system, from 0 to 1, that is to be free; if less is, the images that were not used for longest go
    /// until it is. 0: never for that reason.
    public var headroom = 0.1
    /// Images that were not used for so long go; nothing: never for that reason.
    public var maximumAge: Duration?
    /// How often it is looked.
    public var interval = Duration.seconds(600)
    /// Images that never go by themselves.
    public var excluded: Set<ImageReference> = []

    /// The defaults: a tenth of the file system is kept free.
    public init() {}
}

extension ImageCleanup {
    /// The images that are too old, of those that may go.
    func outdated(_ images: [StoredImage], now: Double) -> [StoredImage] {
        guard let maximumAge else { return [] }
        let limit = now - maximumAge / .seconds(1)
        return removable(images).filter { $0.lastUsed < limit }
    }

    /// The images that may go, in the order in which they should.
    func removable(_ images: [StoredImage]) -> [StoredImage] {
        let names = Set(excluded.map(\.description))
        return images.filter { $0.users.isEmpty && !names.contains($0.reference) }
            .sorted { ($0.lastUsed, $0.reference) < ($1.lastUsed, $1.reference) }
    }
}
