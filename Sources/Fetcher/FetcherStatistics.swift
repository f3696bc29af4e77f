/// What a fetcher has done since its start.
public struct FetcherStatistics: Sendable, Hashable {
    /// Tasks whose files were all brought.
    public var succeeded = 0
    /// Tasks whose files were not; those that were killed meanwhile do not count.
    public var failed = 0
    /// What the cache may hold, in bytes.
    public var cacheBytes: Int64 = 0
    /// What it holds, space for downloads under way included, in bytes.
    public var usedCacheBytes: Int64 = 0
}
