/// The sizes beyond which an image is refused. An image is made by strangers: nothing in it may be endless.
public struct ImageLimits: Sendable {
    /// Largest manifest or index, in bytes.
    public var manifestBytes = 4 << 20
    /// Largest configuration document, in bytes.
    public var configurationBytes = 8 << 20
    /// Most layers of an image. Overlayfs accepts 500; Docker builds at most 127.
    public var layers = 256
    /// Largest layer as it is transferred, in bytes.
    public var blobBytes: Int64 = 32 << 30
    /// Largest layer when unpacked, in bytes; holes of sparse files count as if they were full.
    public var unpackedLayerBytes: Int64 = 128 << 30
    /// Most entries (files, folders, links) of one layer.
    public var entriesPerLayer = 4_000_000
    /// Layers that one store downloads and unpacks at the same time.
    public var concurrentLayers = 3

    /// The limits that hold unless others are given.
    public init() {}
}

extension ImageLimits {
    /// Longest path of an entry in a layer, in bytes: Linux's PATH_MAX without the NUL.
    static let pathBytes = 4095
    /// How many indexes may stand between a reference and its manifest.
    static let indexDepth = 3
    /// Links from one name to another followed within a docker-archive.
    static let archiveLinks = 4
    /// Largest answer of a token server, in bytes.
    static let tokenBytes = 1 << 20
    /// Longest WWW-Authenticate header that is parsed, in bytes.
    static let challengeBytes = 8 << 10
    /// How much of a registry's error body is read, in bytes.
    static let errorBodyBytes = 16 << 10
    /// Redirects followed for one request.
    static let redirects = 5
    /// Tokens remembered for reuse.
    static let rememberedTokens = 256
    /// Bytes handed to the disk at a time.
    static let writeBytes = 1 << 20
    /// How long a download that broke off waits to be gone on with, in seconds.
    static let partialSeconds = 86_400.0
    /// Largest Docker configuration file, in bytes.
    static let dockerConfigurationBytes = 1 << 20
}
