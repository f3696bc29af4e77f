import AgentCore
import AsyncHTTPClient
import Cluster
import Containers
import LinuxKernel
import NIOCore
import NIOPosix

/// From where a container's loopback address is that of the container.
///
/// A connection belongs to the network of the thread that makes it. Containers in the host's network are reached from
/// everywhere; for any other, a thread is started that enters the container's network and ends with the probe.
final class ProbePlace: Sendable {
    private let containerizer: Containerizer
    private let settings: HTTPClient.Configuration
    private let client: HTTPClient

    init(containerizer: Containerizer, settings: HTTPClient.Configuration) {
        self.containerizer = containerizer
        self.settings = settings
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
    }

    deinit {
        client.shutdown { _ in }
    }

    /// Makes a probe with a client whose connections are made in the container's network.
    func probe(in container: ContainerID, _ probe: @Sendable (HTTPClient) async -> ProbeResult) async -> ProbeResult {
        do {
            guard let namespace = try containerizer.networkNamespace(of: container) else { return await probe(client) }
            return try await Self.probe(in: namespace, settings, probe)
        } catch {
            return .failed("the network of the container cannot be entered: \(error)")
        }
    }

    private static func probe(
        in namespace: NetworkNamespace,
        _ settings: HTTPClient.Configuration,
        _ probe: @Sendable (HTTPClient) async -> ProbeResult
    ) async throws -> ProbeResult {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        do {
            try await loop.submit { try namespace.enter() }.get()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        let client = HTTPClient(eventLoopGroup: group, configuration: settings)
        // The client makes some of its connections on the thread that asks for them: that one, too, must be in there.
        let result = await withTaskExecutorPreference(LoopExecutor(loop: loop)) { await probe(client) }
        try? await client.shutdown()
        try? await group.shutdownGracefully()
        return result
    }
}

/// Runs the steps of a task on the thread of an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
