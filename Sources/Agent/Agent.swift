public import Logging
public import ServiceLifecycle

/// An agent: offers a machine to a master, and runs what comes of it in containers.
///
/// A service like any other: `run` returns after a graceful shutdown. What it decides, `AgentCore` decides; here are its
/// disk, its connections and its containers.
public final class Agent: Service {
    private let configuration: AgentConfiguration
    private let logger: Logger
    private let port = Pending<Int>()

    /// Sets an agent up; nothing starts before `run`.
    public init(configuration: AgentConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The port that the agent listens on, as soon as it does; nothing: it could not start, or has ended.
    public func boundPort() async -> Int? {
        await port.value
    }

    /// Runs until a graceful shutdown or the end of the task.
    ///
    /// - Throws: `AgentError` when the agent cannot start, or its master does not want it.
    public func run() async throws {
        defer { port.abandon() }
        let end = EndSignal()
        let parts = try await AgentParts.start(configuration, end: end, logger: logger)
        port.set(parts.port)
        logger.info("agent listens", metadata: ["port": "\(parts.port)", "work-dir": "\(parts.workDirectory.path)"])
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await end.isDue.wait()
            } onGracefulShutdown: {
                end.isDue.open()
            }
        } onCancel: {
            end.isDue.open()
        }
        await parts.stop(destroyContainers: configuration.destroysContainersAtEnd || configuration.recovery == .cleanup)
        if let reason = end.abortReason { throw AgentError(reason) }
    }
}
