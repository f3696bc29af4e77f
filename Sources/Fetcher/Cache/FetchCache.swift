import Glibc
import Images
import LinuxKernel
import Synchronization

/// Files that were downloaded once for several tasks of one user.
///
/// What nobody uses gives way when room is needed, the longest unused first. It lives as long as the fetcher: a new one
/// empties the folder, so that nothing half-written is ever taken for a file.
final class FetchCache: Sendable {
    /// Users have files of their own: what one may fetch, another may not.
    struct Key: Hashable, Sendable {
        let user: String?
        let uri: String
    }

    fileprivate struct Entry {
        let name: String
        let size: Int64
        var users = 0
        var lastUse: UInt64
    }

    fileprivate struct State {
        var entries: [Key: Entry] = [:]
        /// Of entries, and of downloads under way.
        var used: Int64 = 0
        var clock: UInt64 = 0

        mutating func tick() -> UInt64 {
            clock += 1
            return clock
        }
    }

    let capacity: Int64
    private let folder: Folder
    private let state = Mutex(State())
    private let loading = SharedWork<Key, Void, FetchError>(cancelled: .cancelled)

    /// Opens the folder, made if it is missing, and empties it.
    init(_ path: String, capacity: Int64) throws(FetchError) {
        self.capacity = max(0, capacity)
        do {
            folder = try Folder.make(path, mode: 0o700)
            for name in try folder.names() { try folder.removeTree(name) }
        } catch {
            throw FetchError(.storage, "the cache cannot be used: \(error)")
        }
    }

    var used: Int64 { state.withLock(\.used) }

    /// A file of the cache, downloaded if it is not there; tasks that want the same one wait for one download.
    ///
    /// - Parameter download: writes the file. It reserves what is announced first, by the closure it is given.
    /// - Returns: the file, kept as long as the lease lives; nothing if there is no room for it.
    func lease(
        _ key: Key,
        _ download:
            @escaping @Sendable (Descriptor, @escaping @Sendable (Int64?) throws(FetchError) -> Void) async throws(FetchError) -> Void
    ) async throws(FetchError) -> CacheLease? {
        // What was loaded for us may have given way before we took it: then once more.
        for _ in 0..<3 {
            if let lease = try take(key) { return lease }
            do throws(FetchError) {
                try await loading.value(for: key) { () async throws(FetchError) in try await self.load(key, download) }
            } catch {
                guard error == Self.noRoom else { throw error }
                return nil
            }
        }
        return nil
    }

    private func take(_ key: Key) throws(FetchError) -> CacheLease? {
        let name = state.withLock { state -> String? in
            guard state.entries[key] != nil else { return nil }
            let now = state.tick()
            state.entries[key]?.users += 1
            state.entries[key]?.lastUse = now
            return state.entries[key]?.name
        }
        guard let name else { return nil }
        do {
            return CacheLease(cache: self, key: key, file: try folder.file(name, flags: O_RDONLY))
        } catch {
            release(key)
            throw FetchError(.storage, "the cache cannot be read: \(error)")
        }
    }

    fileprivate func release(_ key: Key) {
        state.withLock { state in state.entries[key]?.users -= 1 }
    }

    // MARK: Loading

    private func load(
        _ key: Key,
        _ download: @Sendable (Descriptor, @escaping @Sendable (Int64?) throws(FetchError) -> Void) async throws(FetchError) -> Void
    ) async throws(FetchError) {
        guard !state.withLock({ $0.entries[key] != nil }) else { return }
        let number = state.withLock { $0.tick() }
        let name = String(number)
        let file = try make(name)
        let reservation = Reservation(cache: self)
        do throws(FetchError) {
            try await download(file) { (length) throws(FetchError) in try reservation.take(length) }
        } catch {
            discard(name, reservation.size)
            throw error
        }
        state.withLock { state in
            state.entries[key] = Entry(name: name, size: reservation.size, lastUse: state.clock)
        }
    }

    private func make(_ name: String) throws(FetchError) -> Descriptor {
        do {
            return try folder.file(name, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        } catch {
            throw FetchError(.storage, "the cache cannot be written: \(error)")
        }
    }

    private func discard(_ name: String, _ size: Int64) {
        unlinkat(folder.descriptor.number, name, 0)
        state.withLock { $0.used -= size }
    }

    /// Makes room; what nobody uses gives way.
    fileprivate func reserve(_ size: Int64) -> Bool {
        state.withLock { state in
            guard size <= capacity else { return false }
            let unused = state.entries.filter { $0.value.users == 0 }
            let free = capacity - state.used + unused.values.reduce(0) { $0 + $1.size }
            guard size <= free, state.entries.count - unused.count < FetchLimits.cachedFiles else { return false }
            for (key, entry) in unused.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                if state.used + size <= capacity && state.entries.count < FetchLimits.cachedFiles { break }
                unlinkat(folder.descriptor.number, entry.name, 0)
                state.entries[key] = nil
                state.used -= entry.size
            }
            state.used += size
            return true
        }
    }

    fileprivate static let noRoom = FetchError(.limitExceeded, "there is no room in the cache")
}

/// The room of one download: taken when its length is known.
private final class Reservation: Sendable {
    private let cache: FetchCache
    private let taken = Atomic<Int64>(0)

    init(cache: FetchCache) {
        self.cache = cache
    }

    var size: Int64 { taken.load(ordering: .relaxed) }

    /// Without a length nobody knows whether it fits.
    func take(_ length: Int64?) throws(FetchError) {
        guard let length, length > 0, cache.reserve(length) else { throw FetchCache.noRoom }
        taken.store(length, ordering: .relaxed)
    }
}

/// A file of the cache that stays as long as this object lives.
final class CacheLease: Sendable {
    let file: Descriptor
    private let cache: FetchCache
    private let key: FetchCache.Key

    fileprivate init(cache: FetchCache, key: FetchCache.Key, file: Descriptor) {
        self.cache = cache
        self.key = key
        self.file = file
    }

    deinit {
        cache.release(key)
    }
}
