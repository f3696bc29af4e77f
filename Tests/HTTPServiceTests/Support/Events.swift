import Synchronization

/// Things that happen on other threads, for a test to wait for, each with a deadline.
final class Events<Event: Sendable>: Sendable {
    private let seen = Mutex<[Event]>([])
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func add(_ event: Event) {
        seen.withLock { $0.append(event) }
        continuation.yield(event)
    }

    var all: [Event] { seen.withLock { $0 } }

    /// The next event, in the order they were added.
    @discardableResult
    func next(within limit: Duration = .seconds(10), _ what: String = "an event") async throws -> Event {
        let stream = stream
        return try await withThrowingTaskGroup(of: Event?.self) { group in
            group.addTask {
                var iterator = stream.makeAsyncIterator()
                return await iterator.next()
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let event = try await group.next() ?? nil else { throw Missing(description: "\(what) did not come within \(limit)") }
            return event
        }
    }
}
