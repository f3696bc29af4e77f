import Cluster
import Dispatch

/// Wakes one sleeping thread; rings are remembered until the next wait.
struct Bell: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func ring() {
        semaphore.signal()
    }

    /// Returns after a ring or, if given, when the time is over. Rings beyond the first make later waits return
    /// at once, which costs the caller an empty round and nothing else.
    func wait(for duration: Duration?) {
        guard let duration else { return semaphore.wait() }
        let nanoseconds = min(max(duration, .zero).clampedNanoseconds, Self.longestSleep)
        _ = semaphore.wait(timeout: .now() + .nanoseconds(Int(nanoseconds)))
    }

    private static let longestSleep: Int64 = 86_400_000_000_000
}
