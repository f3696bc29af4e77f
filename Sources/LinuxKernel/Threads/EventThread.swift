import CLinuxKernel
import Synchronization

/// One thread that waits for many descriptors and points in time (epoll(7)), and calls back for each once.
///
/// Callbacks run on that thread, one after the other, so they must be short.
public final class EventThread: Sendable {
    /// Names something that is waited for.
    public struct Token: Hashable, Sendable {
        fileprivate let value: UInt64
    }

    /// What a descriptor is watched for.
    public enum Purpose: Sendable {
        case reading
        case writing
    }

    /// What is called when it happens.
    public typealias Handler = @Sendable () -> Void

    private struct Watch {
        let descriptor: Descriptor
        let handler: Handler
    }

    private struct Timer {
        let deadline: ContinuousClock.Instant
        let token: UInt64
        let handler: Handler
    }

    private struct State {
        var nextToken: UInt64 = 1
        var watches: [UInt64: Watch] = [:]
        var timers: [Timer] = []  // by deadline, latest first
        var isStopped = false
    }

    private let poll: Descriptor
    private let wake: Descriptor
    private let state = Mutex(State())

    /// Starts the thread.
    public init(name: String) throws(KernelError) {
        poll = Descriptor(owning: try KernelError.checkNegative(agora_epoll_create(), "make an epoll"))
        wake = Descriptor(owning: try KernelError.checkNegative(agora_eventfd(), "make an eventfd"))
        try watchWake()
        try KernelThread.start(name: name) { [self] in run() }
    }

    private func watchWake() throws(KernelError) {
        _ = try KernelError.checkNegative(agora_epoll_watch(poll.number, wake.number, 0, 0, 0), "watch an eventfd")
    }

    /// Calls back once, when the descriptor can be read (or written) or its other end is closed; keeps it open until then.
    public func watch(
        _ descriptor: Descriptor,
        for purpose: Purpose = .reading,
        _ handler: @escaping Handler
    ) throws(KernelError) -> Token {
        let token = state.withLock { state in
            let token = state.nextToken
            state.nextToken += 1
            state.watches[token] = Watch(descriptor: descriptor, handler: handler)
            return token
        }
        let result = agora_epoll_watch(poll.number, descriptor.number, token, 1, purpose == .writing ? 1 : 0)
        guard result == 0 else {
            state.withLock { $0.watches[token] = nil }
            throw KernelError("wait for descriptor \(descriptor.number)", code: -result)
        }
        return Token(value: token)
    }

    /// Calls back once, after some time.
    @discardableResult
    public func after(_ duration: Duration, _ handler: @escaping Handler) -> Token {
        let deadline = ContinuousClock.now + duration
        let (token, isNext) = state.withLock { state in
            let token = state.nextToken
            state.nextToken += 1
            let place = state.timers.firstIndex { $0.deadline <= deadline } ?? state.timers.count
            state.timers.insert(Timer(deadline: deadline, token: token, handler: handler), at: place)
            return (token, place == state.timers.count - 1)
        }
        // The thread need not learn of one that comes after what it waits for.
        if isNext { agora_eventfd_signal(wake.number) }
        return Token(value: token)
    }

    /// Forgets something that is waited for. A callback that is under way is not stopped.
    public func cancel(_ token: Token) {
        let watch = state.withLock { state in
            state.timers.removeAll { $0.token == token.value }
            return state.watches.removeValue(forKey: token.value)
        }
        if let watch { forget(watch.descriptor) }
    }

    /// Ends the thread; nothing is called back any more.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            state.watches = [:]
            state.timers = []
        }
        agora_eventfd_signal(wake.number)
    }

    private func forget(_ descriptor: Descriptor) {
        agora_epoll_forget(poll.number, descriptor.number)
    }

    private static let batch = 64

    private func run() {
        var tokens = [UInt64](repeating: 0, count: Self.batch)
        while let timeout = nextTimeout() {
            let count = agora_epoll_wait(poll.number, &tokens, Int32(tokens.count), timeout)
            for token in tokens.prefix(Int(max(count, 0))) { happened(token) }
            runTimers()
        }
    }

    /// Milliseconds until the next timer, -1 without one; nothing once stopped.
    private func nextTimeout() -> Int32? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            guard let next = state.timers.last else { return -1 }
            let left = (next.deadline - .now) / .milliseconds(1)
            return Int32(min(max(left.rounded(.up), 0), 60_000))
        }
    }

    private func happened(_ token: UInt64) {
        guard token != 0 else {
            agora_eventfd_clear(wake.number)
            return
        }
        guard let watch = state.withLock({ $0.watches.removeValue(forKey: token) }) else { return }
        forget(watch.descriptor)
        watch.handler()
    }

    private func runTimers() {
        while let timer = takeDueTimer() { timer.handler() }
    }

    private func takeDueTimer() -> Timer? {
        state.withLock { state in
            guard let timer = state.timers.last, timer.deadline <= .now else { return nil }
            state.timers.removeLast()
            return timer
        }
    }
}
