import AgentCore
import Containers
import Images

/// Brings the image and the files that a launch needs, and fills in what only the image can tell.
struct LaunchPreparation: Sendable {
    let images: ImageStore
    let links: SandboxLinks
    let tokens: ExecutorTokens
    let files: SandboxFetch
    let logLimit: LogLimit?

    /// - Throws: `ImageError`, `FetchError`, `LaunchRefusal` or `AgentError`.
    func spec(for launch: ContainerLaunch) async throws -> ContainerSpec {
        var image: Image?
        if let request = launch.image {
            let reference = try ImageReference(parsing: request.reference)
            image = try await images.pull(reference, policy: request.isCached ? .cachedIfPresent : .always)
        }
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
}
