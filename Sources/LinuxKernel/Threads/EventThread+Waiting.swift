import Synchronization

extension EventThread {
    /// Waits until a descriptor can be read or written, or its other end is closed; less long if the task is cancelled.
    public func untilReady(_ descriptor: Descriptor, for purpose: Purpose) async throws(KernelError) {
        let wait = Wait()
        var failure: KernelError?
        var token: Token?
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                wait.begin(continuation)
                do throws(KernelError) {
                    token = try watch(descriptor, for: purpose) { wait.end() }
                } catch {
                    failure = error
                    wait.end()
                }
            }
        } onCancel: {
            wait.end()
        }
        if let token { cancel(token) }
        if let failure { throw failure }
    }
}

/// A continuation that may be resumed by several, and before it is there.
private final class Wait: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<Void, Never>)
        case over
    }

    private let state = Mutex(State.new)

    func begin(_ continuation: CheckedContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            if case .over = state { return true }
            state = .waiting(continuation)
            return false
        }
        if isOver { continuation.resume() }
    }

    func end() {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .over }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
    }
}
