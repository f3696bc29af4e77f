/// An image that is on this machine, verified and unpacked.
public struct Image: Hashable, Sendable {
    /// What the image is called by its content: the digest of its manifest for this platform, or of its configuration if it
    /// came from a docker-archive, which has no manifest of its own.
    public let digest: ImageDigest
    /// Absolute paths of the unpacked layers, lowest first, ready to be overlayfs lower directories: whiteouts are character
    /// devices 0:0, opaque folders carry `trusted.overlay.opaque`. No folder comes twice. An image without any content has none.
    /// The folders are shared: never write to them. They may hold devices: mount them `nodev`.
    public let layers: [String]
    /// How the image wants to be run.
    public let configuration: ImageConfiguration
}

/// How an image wants to be run, as its author said (OCI image configuration, property `config`).
public struct ImageConfiguration: Hashable, Sendable, Codable {
    /// The command's first words, which are always run; empty if there are none.
    public var entrypoint: [String] = []
    /// The words after the entrypoint, which a user's own arguments replace; empty if there are none.
    public var command: [String] = []
    /// `NAME=value`, in the image's order.
    public var environment: [String] = []
    /// Absolute path in the image, which need not exist; `nil` for `/`.
    public var workingDirectory: String?
    /// `user`, `uid`, `user:group` or `uid:gid`, `nil` for root.
    public var user: String?
    /// `SIGTERM` or a number, `nil` for SIGTERM.
    public var stopSignal: String?
    /// `80/tcp`, sorted.
    public var exposedPorts: [String] = []
    /// Names and values, free for the author's use.
    public var labels: [String: String] = [:]

    /// A configuration that asks for nothing.
    public init() {}
}
