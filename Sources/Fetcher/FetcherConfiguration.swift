/// How files are fetched.
public struct FetcherConfiguration: Sendable {
    /// The folder of the cache, absolute; emptied when the fetcher starts.
    public var cacheDirectory: String
    /// What the cache may hold at most, in bytes; 0: nothing is kept.
    public var cacheBytes: Int64 = 2 << 30
    /// A download that brings less than one byte a second for so long is cut.
    public var stallTimeout = Duration.seconds(60)
    /// What one task may fetch.
    public var limits = FetchLimits()

    /// Fetches as usual, with a cache in a folder.
    public init(cacheDirectory: String) {
        self.cacheDirectory = cacheDirectory
    }
}

/// The sizes beyond which a fetch is refused. What is fetched is made by strangers: nothing in it may be endless.
public struct FetchLimits: Sendable, Hashable {
    /// What all files of one task may have together, in bytes: archives, and what is unpacked from them with holes
    /// counted as if they were full.
    public var bytes: Int64 = 8 << 30
    /// How many files, folders and links they may be.
    public var entries = 500_000

    /// The limits that hold unless others are given.
    public init() {}

    /// Redirects followed for one file.
    static let redirects = 10
    /// How long a server may take to accept a connection.
    static let connectTimeout = Duration.seconds(30)
    /// Bytes that are handed to the disk at a time.
    static let writeBytes = 1 << 20
    /// Largest /etc/passwd and /etc/group that are read.
    static let userFileBytes = 1 << 20
    /// Files in the cache.
    static let cachedFiles = 10_000
}
