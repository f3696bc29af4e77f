import Synchronization

/// Opens once and stays open; tasks wait for it.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isOpen: Bool { state.withLock(\.isOpen) }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// A value that comes later, or never.
final class Pending<Value: Sendable>: Sendable {
    private let latch = Latch()
    private let stored = Mutex<Value?>(nil)

    /// The value; nothing: it never came.
    var value: Value? {
        get async {
            await latch.wait()
            return stored.withLock { $0 }
        }
    }

    func set(_ value: Value) {
        stored.withLock { $0 = value }
        latch.open()
    }

    /// No value will come, or it is not to be had any more.
    func abandon() {
        stored.withLock { $0 = nil }
        latch.open()
    }
}

/// Why and when the agent's service ends.
final class EndSignal: Sendable {
    /// Open when the service is to end, for whatever reason.
    let isDue = Latch()
    /// Open when the core has nothing left to do.
    let hasStopped = Latch()
    private let reason = Mutex<String?>(nil)

    /// The agent cannot go on, for that reason.
    func abort(_ reason: String) {
        self.reason.withLock { $0 = $0 ?? reason }
        isDue.open()
    }

    var abortReason: String? { reason.withLock { $0 } }

    /// Returns when the core has stopped, or when the time is over.
    func waitUntilStopped(timeout: Duration) async {
        let timer = Task { [hasStopped] in
            try? await Task.sleep(for: timeout)
            hasStopped.open()
        }
        await hasStopped.wait()
        timer.cancel()
    }
}
