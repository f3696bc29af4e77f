import Logging
import ServiceLifecycle
import UnixSignals

/// Services run together until one fails or the user ends them.
enum Daemon {
    /// Runs the services until one is done, or until Ctrl-C or SIGTERM; then ends them, the last first.
    ///
    /// - Parameter onInterrupt: told of each Ctrl-C, the first and those of a user who does not want to wait.
    static func run(_ services: [any Service], logger: Logger, onInterrupt: @escaping @Sendable () -> Void = {}) async throws {
        // One that has done what it is for, as an agent that cleans up, ends the others.
        let configurations = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
        }
        let group = ServiceGroup(configuration: .init(services: configurations, logger: logger))
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let listener = Task {
            for await _ in signals {
                onInterrupt()
                await group.triggerGracefulShutdown()
            }
        }
        defer { listener.cancel() }
        try await group.run()
    }
}
