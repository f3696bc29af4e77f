import AgentCore
import Containers
import Images

/// Brings the image and the files that a launch needs, and fills in what only the image can tell.
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
        try await holds.hold(launch.sandbox) { try await withImage(for: launch, use) }
    }

    private func withImage<Value>(for launch: ContainerLaunch, _ use: (ContainerSpec) async throws -> Value) async throws -> Value {
        guard let request = launch.image else { return try await use(try await spec(for: launch, image: nil)) }
        return try await images.withImage(
            try ImageReference(parsing: request.reference),
            policy: request.isCached ? .cachedIfPresent : .always,
            credentials: try Self.credentials(request)
        ) { image in
            try await use(try await spec(for: launch, image: image))
        }
    }

    private func spec(for launch: ContainerLaunch, image: Image?) async throws -> ContainerSpec {
        for link in launch.links { try links.make(link) }
        var launch = launch
        if let credential = launch.credential {
            launch.agentVariables.append(EnvironmentVariable("MESOS_EXECUTOR_AUTHENTICATION_TOKEN", tokens.token(for: credential)))
        }
        var spec = try ContainerSpec(launch, image: image)
        spec.streams.logLimit = logLimit
        try await files.fetch(launch.uris, for: spec, image)
        return spec
    }

    private static func credentials(_ request: ImageRequest) throws(ImageError) -> [String: RegistryCredentials] {
        guard let secret = request.dockerConfiguration else { return [:] }
        return try DockerConfiguration.credentials(in: secret, what: "container.mesos.image.docker.config")
    }
}
