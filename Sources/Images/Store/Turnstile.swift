import Synchronization

/// Lets a limited number of tasks through at a time; the others wait in the order they came.
final class Turnstile: Sendable {
    private typealias Waiter = CheckedContinuation<Bool, Never>

    private struct State {
        var free: Int
        var queue: [(number: UInt64, waiter: Waiter)] = []
        var lastNumber: UInt64 = 0
    }

    private let state: Mutex<State>

    init(places: Int) {
        precondition(places > 0, "a turnstile needs a place")
        state = Mutex(State(free: places))
    }

    /// Runs `work` when there is a place.
    func pass<Value: Sendable>(
        _ work: @Sendable () async throws(ImageError) -> Value
    ) async throws(ImageError) -> Value {
        guard await enter() else { throw ImageError(.cancelled, "cancelled") }
        defer { leave() }
        return try await work()
    }

    private func enter() async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let hasPlace = state.withLock { state in
                    guard state.free == 0 else {
                        state.free -= 1
                        return true
                    }
                    state.queue.append((number, waiter))
                    return false
                }
                if hasPlace { return waiter.resume(returning: true) }
                if Task.isCancelled { giveUp(number) }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.queue.firstIndex(where: { $0.number == number }) else { return nil }
            return state.queue.remove(at: index).waiter
        }
        waiter?.resume(returning: false)
    }

    private func leave() {
        let next = state.withLock { state -> Waiter? in
            guard !state.queue.isEmpty else {
                state.free += 1
                return nil
            }
            return state.queue.removeFirst().waiter
        }
        next?.resume(returning: true)
    }
}
