import Agent
import ArgumentParser
import Images

/// Where an agent has its images from, and which it keeps.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The part of the file system to keep free, from 0 to 1: if less is free, images that nothing uses are removed, those first that were not used for longest. 0: none for that reason.",
            valueName: "part"
        )
    )
    var imageDiskHeadroom = ImageCleanup().headroom
    @Option(help: ArgumentHelp("How often it is looked.", valueName: "duration"))
    var imageDiskWatchInterval = DurationArgument(ImageCleanup().interval)
    @Option(help: ArgumentHelp("Remove images that were not used for so long; otherwise age is no reason.", valueName: "duration"))
    var imageMaxAge: DurationArgument?
    @Option(
        name: .customLong("excluded-image"),
        help: ArgumentHelp("An image that is never removed by itself; may be repeated.", valueName: "image")
    )
    var excludedImages: [String] = []
    @Option(
        name: .customLong("registry-mirror"),
        help: ArgumentHelp(
            "A server that has copies of a registry's images and is asked before it, as https://mirror:5000 for Docker's registry or quay.io=https://mirror for another; may be repeated.",
            valueName: "[registry=]url"
        )
    )
    var registryMirrors: [String] = []
    @Option(
        name: .customLong("insecure-registry"),
        help: ArgumentHelp("A registry that is asked without encryption; may be repeated.", valueName: "host[:port]")
    )
    var insecureRegistries: [String] = []
    @Option(
        name: .customLong("registry-ca"),
        help: ArgumentHelp(
            "Certificates in PEM of authorities to trust besides the machine's, for all registries or for one; may be repeated.",
            valueName: "[registry=]file"
        )
    )
    var registryAuthorities: [String] = []
    @Option(help: ArgumentHelp("Logins to registries: a file as ~/.docker/config.json, or its JSON.", valueName: "file"))
    var dockerConfig: String?

    func validate() throws {
        guard (0..<1).contains(imageDiskHeadroom) else { throw ValidationError("--image-disk-headroom must be from 0 to below 1, as 0.1.") }
        guard imageDiskWatchInterval.duration >= .seconds(1) else {
            throw ValidationError("--image-disk-watch-interval must be at least 1s.")
        }
        guard imageMaxAge?.duration ?? .seconds(1) > .zero else { throw ValidationError("--image-max-age must be above 0.") }
        _ = try excluded
        _ = try mirrors
        _ = try insecure
        _ = try authorityFiles
    }

    /// Reads the files, too.
    func apply(to configuration: inout AgentConfiguration) throws {
        configuration.imageCleanup.headroom = imageDiskHeadroom
        configuration.imageCleanup.interval = imageDiskWatchInterval.duration
        configuration.imageCleanup.maximumAge = imageMaxAge?.duration
        configuration.imageCleanup.excluded = try excluded
        configuration.registries.mirrors = try mirrors
        configuration.registries.insecureRegistries = try insecure
        for (registry, file) in try authorityFiles {
            let authorities = try CertificateAuthorities(file: file)
            if let registry {
                let former = configuration.registries.registryAuthorities[registry]
                configuration.registries.registryAuthorities[registry] = former.map { $0 + authorities } ?? authorities
            } else {
                configuration.registries.authorities = configuration.registries.authorities.map { $0 + authorities } ?? authorities
            }
        }
        if let dockerConfig {
            configuration.registries.credentials =
                dockerConfig.hasPrefix("{")
                ? try DockerConfiguration.credentials(in: Array(dockerConfig.utf8), what: "--docker-config")
                : try DockerConfiguration.credentials(file: dockerConfig)
        }
    }

    private var excluded: Set<ImageReference> {
        get throws {
            Set(
                try excludedImages.map { text in
                    try Self.naming("--excluded-image") { () throws(ImageError) in try ImageReference(parsing: text) }
                }
            )
        }
    }

    private var mirrors: [String: [RegistryMirror]] {
        get throws {
            var mirrors: [String: [RegistryMirror]] = [:]
            for text in registryMirrors {
                try Self.naming("--registry-mirror") { () throws(ImageError) in
                    let (registry, url) = try Self.split(text)
                    mirrors[registry ?? "docker.io", default: []].append(try RegistryMirror(parsing: url))
                }
            }
            return mirrors
        }
    }

    private var insecure: Set<String> {
        get throws {
            Set(
                try insecureRegistries.map { text in
                    try Self.naming("--insecure-registry") { () throws(ImageError) in try RegistryConfiguration.registryName(text) }
                }
            )
        }
    }

    private var authorityFiles: [(registry: String?, file: String)] {
        get throws {
            try registryAuthorities.map { text in
                let (registry, file) = try Self.naming("--registry-ca") { () throws(ImageError) in try Self.split(text) }
                guard !file.isEmpty else { throw ValidationError("--registry-ca: \"\(text.clipped)\" names no file.") }
                return (registry, file)
            }
        }
    }

    /// `REGISTRY=REST`; what has a slash before the first `=` is no registry.
    private static func split(_ text: String) throws(ImageError) -> (registry: String?, rest: String) {
        guard let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") else { return (nil, text) }
        return (try RegistryConfiguration.registryName(String(text[..<equals])), String(text[text.index(after: equals)...]))
    }

    private static func naming<Value>(_ option: String, _ parse: () throws(ImageError) -> Value) throws -> Value {
        do throws(ImageError) {
            return try parse()
        } catch {
            throw ValidationError("\(option): \(error.reason)")
        }
    }
}
