import Synchronization

/// Why and when a master's service ends.
final class Ending: Sendable {
    private let reason = Mutex<String?>(nil)
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// It is told to end.
    func end() {
        continuation.finish()
    }

    /// It cannot go on; the first reason counts.
    func abort(_ reason: String) {
        self.reason.withLock { $0 = $0 ?? reason }
        continuation.finish()
    }

    /// Returns when the service is to end, or its task is cancelled.
    func wait() async {
        for await _ in stream {}
    }

    var abortReason: String? { reason.withLock(\.self) }
}
