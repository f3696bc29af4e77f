import AgentCore
import Containers
import Images

/// Brings the images and the files that a launch needs, and fills in what only the image can tell.
struct LaunchPreparation: Sendable {
    let images: ImageStore
    let links: SandboxLinks
    let tokens: ExecutorTokens
    let files: SandboxFetch
    let holds: SandboxHolds
    let logLimit: LogLimit?

    /// Prepares a launch and carries it out in `use`; until that is done, nothing removes the image's layers or the sandbox.
    ///
    /// - Throws: `ImageError`, `FetchError`, `LaunchRefusal` or `AgentError`, or what `use` throws.
    func withSpec<Value>(for launch: ContainerLaunch, _ use: (ContainerSpec) async throws -> Value) async throws -> Value {
        let wanted = launch.images
        return try await holds.hold(launch.sandbox) {
            try await withImages(wanted[...]) { images in try await use(try await spec(for: launch, images)) }
        }
    }

    private func withImages<Value>(
        _ wanted: ArraySlice<ImageRequest>,
        _ found: [ImageRequest: Image] = [:],
        _ use: ([ImageRequest: Image]) async throws -> Value
    ) async throws -> Value {
        guard let request = wanted.first else { return try await use(found) }
        return try await images.withImage(
            try ImageReference(parsing: request.reference),
            policy: request.isCached ? .cachedIfPresent : .always,
            credentials: try Self.credentials(request)
        ) { image in
            try await withImages(wanted.dropFirst(), found.merging([request: image]) { $1 }, use)
        }
    }

    private func spec(for launch: ContainerLaunch, _ images: [ImageRequest: Image]) async throws -> ContainerSpec {
        for link in launch.links { try links.make(link) }
        var launch = launch
        if let credential = launch.credential {
            launch.agentVariables.append(EnvironmentVariable("MESOS_EXECUTOR_AUTHENTICATION_TOKEN", tokens.token(for: credential)))
        }
        let image = launch.image.flatMap { images[$0] }
        var spec = try ContainerSpec(launch, image: image)
        spec.volumes = launch.volumes.map { VolumeMount($0, images) }
        spec.streams.logLimit = logLimit
        try await files.fetch(launch.uris, for: spec, image)
        return spec
    }

    private static func credentials(_ request: ImageRequest) throws(ImageError) -> [String: RegistryCredentials] {
        guard let secret = request.dockerConfiguration else { return [:] }
        return try DockerConfiguration.credentials(in: secret, what: "image.docker.config")
    }
}

extension ContainerLaunch {
    /// Those of its root and its volumes, each once.
    fileprivate var images: [ImageRequest] {
        let all = [image].compactMap(\.self) + volumes.compactMap { if case .image(let request) = $0.source { request } else { nil } }
        return all.enumerated().filter { all.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }
}
