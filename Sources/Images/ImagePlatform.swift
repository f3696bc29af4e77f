/// The operating system and processor an image is built for, in the words of the OCI image index.
public struct ImagePlatform: Hashable, Sendable, CustomStringConvertible {
    /// The operating system: `linux`.
    public let operatingSystem: String
    /// The processor, in Go's words: `amd64`, `arm64`, …
    public let architecture: String

    /// A platform by its OCI names.
    public init(operatingSystem: String, architecture: String) {
        self.operatingSystem = operatingSystem
        self.architecture = architecture
    }

    /// The machine this program runs on.
    public static var current: ImagePlatform {
        #if arch(arm64)
        let architecture = "arm64"
        #else
        let architecture = "amd64"
        #endif
        return ImagePlatform(operatingSystem: "linux", architecture: architecture)
    }

    /// `linux/amd64`.
    public var description: String { "\(operatingSystem)/\(architecture)" }
}
