import MesosMessages
import UnixSignals

/// Why what is watched is looked at again.
enum WatchTick: Sendable {
    /// Something in the cluster is not what it was.
    case changed
    /// Nobody tells of changes at the moment.
    case unfollowed
    /// Some time has passed.
    case interval
    /// The terminal has another size.
    case resized
}

/// The ticks of one command, from everything that can cause one.
struct WatchTicks: Sendable {
    let interval: Duration
    /// Who tells of changes, if somebody does.
    let changes: OperatorClient?

    /// Hands ticks to `body` until that ends, or until a signal ends it.
    ///
    /// - Returns: the signal's number.
    func run(_ body: @escaping @Sendable (AsyncStream<WatchTick>) async throws -> Void) async throws -> Int32? {
        // Those that nobody has taken yet say the same.
        let (ticks, continuation) = AsyncStream.makeStream(of: WatchTick.self, bufferingPolicy: .bufferingNewest(64))
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigwinch)
        return try await withThrowingTaskGroup(of: End.self) { group in
            group.addTask {
                for await signal in signals {
                    guard signal == .sigwinch else { return .signal(signal.rawValue) }
                    continuation.yield(.resized)
                }
                return .none
            }
            group.addTask {
                try await body(ticks)
                return .body
            }
            group.addTask {
                await tell(continuation)
                return .none
            }
            defer { group.cancelAll() }
            for try await end in group {
                switch end {
                case .none: continue
                case .body: return nil
                case .signal(let number): return number
                }
            }
            return nil
        }
    }

    private enum End: Sendable {
        case none
        case body
        case signal(Int32)
    }

    private func tell(_ ticks: AsyncStream<WatchTick>.Continuation) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await follow(ticks) }
            group.addTask {
                // More often than it is looked: a change that came too soon after a look does not wait for long.
                let pause = min(interval, max(interval / 4, .milliseconds(100)))
                while !Task.isCancelled {
                    ticks.yield(.interval)
                    try? await Task.sleep(for: pause)
                }
            }
        }
    }

    /// Tells of changes whenever there is a master that does.
    private func follow(_ ticks: AsyncStream<WatchTick>.Continuation) async {
        while let changes, !Task.isCancelled {
            try? await changes.watch { event in
                if event.type != .heartbeat { ticks.yield(.changed) }
                return !Task.isCancelled
            }
            ticks.yield(.unfollowed)
            try? await Task.sleep(for: interval)
        }
    }
}
