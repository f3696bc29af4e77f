import NIOCore
import Synchronization

/// Lets only so many work at once; the others wait, in order. What takes a processor for a second is done by turns, so that short
/// tasks find one.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter count: how many work at once.
    init(_ count: Int = max(1, System.coreCount / 2)) {
        state = Mutex(State(free: count))
    }

    /// Does something when its turn has come.
    func take<Result: Sendable>(_ work: @Sendable () async -> Result) async -> Result {
        await begin()
        defer { end() }
        return await work()
    }

    private func begin() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                let isFree = state.free > 0
                if isFree { state.free -= 1 } else { state.waiting.append(continuation) }
                return isFree
            }
            if isFree { continuation.resume() }
        }
    }

    private func end() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
