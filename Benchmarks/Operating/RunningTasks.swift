import MesosMessages
import NIOCore

/// Launches tasks on every agent, and acknowledges all that is said of them, for as long as the body runs.
func withRunningTasks(
    port: Int,
    agents: Int,
    tasksPerAgent: Int,
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    var accepted = 0
    var acknowledged = 0
    try await BenchmarkScheduler.run(port: port) { (scheduler, event, promise: EventLoopPromise<Void>) in
        switch event.type {
        case .offers:
            for offer in event.offers.offers.prefix(agents - accepted) {
                scheduler.post(.accepting(offer, with: tasksPerAgent)).cascadeFailure(to: promise)
                accepted += 1
            }
        case .update:
            scheduler.post(.acknowledging(event.update.status)).assumeIsolated().whenComplete { result in
                if case .failure(let error) = result { promise.fail(error) }
                acknowledged += 1
                if acknowledged == agents * tasksPerAgent { promise.completeWithTask(body) }
            }
        default: break
        }
    }
}
