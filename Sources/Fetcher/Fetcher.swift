import Images
import LinuxKernel
import Synchronization

/// Brings files into sandboxes before containers start: by HTTP, or from the machine; unpacked if they are archives.
///
/// What is written stays in the sandbox and belongs to the container's user, whatever a server, an archive or a program
/// in the sandbox does. See `docs/fetcher.md`.
public final class Fetcher: Sendable {
    private let configuration: FetcherConfiguration
    private let files = HTTPFiles()
    private let cache: FetchCache?
    private let counts = Mutex(FetcherStatistics())

    /// Prepares to fetch, with an empty cache.
    ///
    /// - Throws: ``FetchError`` with code `storage` if the cache's folder cannot be used.
    public init(configuration: FetcherConfiguration) throws(FetchError) {
        self.configuration = configuration
        cache = configuration.cacheBytes > 0 ? try FetchCache(configuration.cacheDirectory, capacity: configuration.cacheBytes) : nil
    }

    /// What was done so far, and what the cache holds.
    public var statistics: FetcherStatistics {
        var statistics = counts.withLock { $0 }
        statistics.cacheBytes = max(0, configuration.cacheBytes)
        statistics.usedCacheBytes = cache?.used ?? 0
        return statistics
    }

    /// Brings all files of a container, one after the other. A cancelled task stops it at once.
    ///
    /// - Throws: ``FetchError`` of the first that could not be brought. A sandbox that was made for it is gone then.
    public func fetch(_ request: FetchRequest) async throws(FetchError) {
        guard !request.items.isEmpty else { return }
        do throws(FetchError) {
            try await fetchAll(request)
            counts.withLock { $0.succeeded += 1 }
        } catch {
            if error.code != .cancelled { counts.withLock { $0.failed += 1 } }
            throw error
        }
    }

    private func fetchAll(_ request: FetchRequest) async throws(FetchError) {
        let budget = FetchBudget(configuration.limits)
        let owner = try await blocking { (_) throws(FetchError) in
            try request.user.map { (user) throws(FetchError) in try UserLookup(layers: request.layers).owner(user) }
        }
        let place = try await blocking { (_) throws(FetchError) in
            try SandboxPlace(request.sandbox, rootSandbox: request.rootSandbox)
        }
        do throws(FetchError) {
            let tree = try place.open(owner, budget)
            for item in request.items {
                let fetch = try FileFetch(item, user: request.user, tree: tree, files: files, cache: cache, configuration)
                try await fetch.run()
            }
        } catch {
            await blocking { (_) throws(Never) in place.abandon() }
            throw error
        }
    }
}
