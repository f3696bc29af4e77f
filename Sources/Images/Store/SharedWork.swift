import Synchronization

/// Work that several tasks may want at the same time and that is done once for all of them.
///
/// A task that is cancelled stops waiting; the work itself is cancelled when nobody waits any more.
package final class SharedWork<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, Failure>, Never>

    private struct Work {
        let number: UInt64
        let task: Task<Void, Never>
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct State {
        var works: [Key: Work] = [:]
        var lastNumber: UInt64 = 0

        mutating func nextNumber() -> UInt64 {
            lastNumber += 1
            return lastNumber
        }
    }

    private let state = Mutex(State())
    private let cancelled: Failure

    /// - Parameter cancelled: what a task gets that has stopped waiting.
    package init(cancelled: Failure) {
        self.cancelled = cancelled
    }

    /// The result of the work for `key`: of the one that is under way, or of `work`, which is started.
    package func value(
        for key: Key,
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let number = state.withLock { $0.nextNumber() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                join(key, number, continuation, work)
                // The handler below has found nothing if the task was cancelled before.
                if Task.isCancelled { leave(key, number) }
            }
        } onCancel: {
            leave(key, number)
        }
        return try result.get()
    }

    private func join(_ key: Key, _ number: UInt64, _ waiter: Waiter, _ work: @escaping @Sendable () async throws(Failure) -> Value) {
        state.withLock { state in
            if state.works[key] == nil {
                let workNumber = state.nextNumber()
                let task = Task {
                    let result: Result<Value, Failure>
                    do throws(Failure) { result = .success(try await work()) } catch { result = .failure(error) }
                    self.finish(key, workNumber, result)
                }
                state.works[key] = Work(number: workNumber, task: task)
            }
            state.works[key]?.waiters[number] = waiter
        }
    }

    private func leave(_ key: Key, _ number: UInt64) {
        let (waiter, abandoned) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let waiter = state.works[key]?.waiters.removeValue(forKey: number) else { return (nil, nil) }
            guard let work = state.works[key], work.waiters.isEmpty else { return (waiter, nil) }
            // Whoever comes now starts anew: this one is about to fail.
            state.works[key] = nil
            return (waiter, work.task)
        }
        abandoned?.cancel()
        waiter?.resume(returning: .failure(cancelled))
    }

    private func finish(_ key: Key, _ workNumber: UInt64, _ result: Result<Value, Failure>) {
        let waiters = state.withLock { state -> [Waiter] in
            guard let work = state.works[key], work.number == workNumber else { return [] }
            state.works[key] = nil
            return Array(work.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }
}
