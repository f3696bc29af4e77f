import HTTPService
public import Logging
public import ServiceLifecycle
import Synchronization

/// A master: tracks agents, offers their resources to frameworks, and passes on what these decide.
///
/// It decides nothing here; see `MasterCore`. Run it in a `ServiceGroup`, or `start` and `shutdown` it.
public final class Master: Service {
    private enum Phase: Sendable {
        case idle
        case running(MasterParts)
        case stopped
    }

    private let configuration: MasterConfiguration
    private let logger: Logger
    private let phase = Mutex(Phase.idle)
    private let ending = Ending()

    /// A master that does not listen yet.
    public init(configuration: MasterConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The port it listens on; nil unless it listens.
    public var port: Int? { parts?.server.port }

    /// Listens, and answers from now on. Call it once.
    ///
    /// - Returns: the port: the configured one, or the one that the kernel chose for 0.
    /// - Throws: why it cannot listen or read its registry, and what to do.
    @discardableResult
    public func start() async throws(MasterError) -> Int {
        let parts = try await MasterParts.start(configuration, ending: ending, logger)
        let isFirst = phase.withLock { phase in
            guard case .idle = phase else { return false }
            phase = .running(parts)
            return true
        }
        guard isFirst else {
            await parts.shutdown()
            throw MasterError("this master was started before; make a new one")
        }
        return parts.server.port
    }

    /// Starts if that was not done, serves until it is told to stop, then lets streams end.
    ///
    /// - Throws: why it cannot start, or why it had to end: it could not write down what happened, or too many of its
    ///   agents did not come back after a restart.
    public func run() async throws {
        if parts == nil { try await start() }
        // Cancelled or told to stop gracefully: a master ends the same way.
        await withGracefulShutdownHandler {
            await ending.wait()
        } onGracefulShutdown: { [ending] in
            ending.end()
        }
        await shutdown()
        if let reason = ending.abortReason { throw MasterError(reason) }
    }

    /// Ends all streams, closes all connections, and stops the core. More than once is as once.
    public func shutdown() async {
        let parts: MasterParts? = phase.withLock { phase in
            defer { phase = .stopped }
            guard case .running(let parts) = phase else { return nil }
            return parts
        }
        await parts?.shutdown()
    }

    private var parts: MasterParts? {
        phase.withLock { phase in
            guard case .running(let parts) = phase else { return nil }
            return parts
        }
    }
}
