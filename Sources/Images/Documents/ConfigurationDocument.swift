/// An image's configuration document, as far as Agora uses it (OCI image specification, "Image Configuration").
struct ConfigurationDocument: Sendable, Decodable {
    let architecture: String?
    let os: String?
    let config: Settings?
    let rootfs: RootFilesystem

    struct RootFilesystem: Sendable, Decodable {
        let diffIDs: [ImageDigest]

        enum CodingKeys: String, CodingKey {
            case diffIDs = "diff_ids"
        }
    }

    struct Settings: Sendable, Decodable {
        let entrypoint: [String]?
        let command: [String]?
        let environment: [String]?
        let workingDirectory: String?
        let user: String?
        let stopSignal: String?
        let exposedPorts: [String: Empty]?
        let labels: [String: String]?

        enum CodingKeys: String, CodingKey {
            case entrypoint = "Entrypoint"
            case command = "Cmd"
            case environment = "Env"
            case workingDirectory = "WorkingDir"
            case user = "User"
            case stopSignal = "StopSignal"
            case exposedPorts = "ExposedPorts"
            case labels = "Labels"
        }
    }

    /// The value of a Go set written as JSON: `{}`.
    struct Empty: Sendable, Decodable {}
}

extension ConfigurationDocument {
    /// Reads the document and checks that it belongs to an image of `layers` layers for `platform`.
    static func read(_ bytes: [UInt8], layers: Int, platform: ImagePlatform, what: String) throws(ImageError) -> ConfigurationDocument {
        let document = try JSONDocument.decode(ConfigurationDocument.self, from: bytes, what: what)
        guard document.rootfs.diffIDs.count == layers else {
            throw ImageError(
                .invalidDocument,
                "\(what) names \(document.rootfs.diffIDs.count) layers in rootfs.diff_ids, the manifest has \(layers)"
            )
        }
        let system = document.os.flatMap { $0.isEmpty ? nil : $0 } ?? platform.operatingSystem
        let architecture = document.architecture.flatMap { $0.isEmpty ? nil : $0 } ?? platform.architecture
        guard system == platform.operatingSystem, architecture == platform.architecture else {
            throw ImageError(.platformUnavailable, "the image is built for \(quoted("\(system)/\(architecture)")), not for \(platform)")
        }
        guard document.words.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw ImageError(.invalidDocument, "\(what) has a NUL in its command, environment, user or working folder")
        }
        return document
    }

    /// What ends up in system calls.
    private var words: [String] {
        let lists = [config?.entrypoint, config?.command, config?.environment].compactMap(\.self).joined()
        return lists + [config?.workingDirectory, config?.user].compactMap(\.self)
    }

    /// The part that says how to run the image.
    var imageConfiguration: ImageConfiguration {
        var result = ImageConfiguration()
        guard let config else { return result }
        result.entrypoint = config.entrypoint ?? []
        result.command = config.command ?? []
        result.environment = config.environment ?? []
        result.workingDirectory = config.workingDirectory.flatMap { $0.isEmpty ? nil : $0.hasPrefix("/") ? $0 : "/\($0)" }
        result.user = config.user.flatMap { $0.isEmpty ? nil : $0 }
        result.stopSignal = config.stopSignal.flatMap { $0.isEmpty ? nil : $0 }
        result.exposedPorts = (config.exposedPorts ?? [:]).keys.sorted()
        result.labels = config.labels ?? [:]
        return result
    }
}
