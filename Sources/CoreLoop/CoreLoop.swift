import Cluster
import Foundation
import Synchronization

/// Runs a core on a thread of its own: the one writer of its state.
///
/// Inputs queue up from any thread. The loop takes all that wait as one batch, feeds them to the core in order, and
/// hands the effects of the whole batch to the sink: so a burst of calls costs one disk transaction and one write per
/// stream. Readers get a copy of the state as it stands between two batches; cores keep their state in
/// copy-on-write values, so that taking one costs nothing and reading it delays no input.
public final class CoreLoop<Core: StateMachine>: Sendable {
    /// What carries out the effects of one batch; called on the loop's thread, so it must not block for long.
    public typealias Sink = @Sendable (_ effects: [Core.Effect]) -> Void

    /// What is told of one batch after its effects were handed over; called on the loop's thread, so it must be quick.
    public typealias Observer = @Sendable (_ core: Core, _ times: LoopTimes) -> Void

    private struct State {
        var core: Core
        var inputs: [Core.Input] = []
        /// When the oldest of them came.
        var firstInput: Timestamp?
        var readers: [Reader] = []
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
        var phase = Phase.idle
    }

    private typealias Reader = @Sendable (Core) -> Void

    private enum Phase { case idle, running, stopping, stopped }

    private let state: Mutex<State>
    private let bell = Bell()
    private let clock: SteadyClock
    private let capacity: Int

    /// - Parameters:
    ///   - core: the state to begin with.
    ///   - capacity: how many inputs may wait before `submit` refuses more.
    ///   - clock: where the moments come from.
    public init(_ core: Core, capacity: Int = 65_536, clock: SteadyClock = SteadyClock()) {
        state = Mutex(State(core: core))
        self.capacity = capacity
        self.clock = clock
    }

    /// Starts the thread; the sink receives the effects of every batch from now on. A second start does nothing.
    ///
    /// - Parameter observe: told how long each batch took, for metrics.
    public func start(name: String, observe: Observer? = nil, sink: @escaping Sink) {
        let isFirst = state.withLock { state in
            guard state.phase == .idle else { return false }
            state.phase = .running
            return true
        }
        guard isFirst else { return }
        let thread = Thread { self.run(sink, observe) }
        thread.name = name
        thread.start()
    }

    /// Queues an input from outside. False when the queue is full or the loop has stopped: the caller answers
    /// "overloaded, try again", nothing was taken.
    public func submit(_ input: Core.Input) -> Bool {
        enqueue(input, limit: capacity)
    }

    /// Queues what the shell must not lose: that a stream closed, that a container ended. Such inputs are bounded
    /// by what they speak of, so the queue's limit does not hold for them. After the loop stopped, they are dropped.
    public func report(_ input: Core.Input) {
        _ = enqueue(input, limit: .max)
    }

    /// The state as it stands after the batch that is being worked on.
    public func snapshot() async -> Core {
        await read { $0 }
    }

    /// A part of the state as it stands after the batch that is being worked on.
    ///
    /// `part` runs on the loop's thread, so it must only take a copy that costs nothing; what it leaves is then never
    /// copied for a reader's sake.
    public func read<Part: Sendable>(_ part: @escaping @Sendable (Core) -> Part) async -> Part {
        await withCheckedContinuation { continuation in
            let immediate: Core? = state.withLock { state in
                guard state.phase == .running || state.phase == .stopping else { return state.core }
                state.readers.append { continuation.resume(returning: part($0)) }
                return nil
            }
            if let immediate { continuation.resume(returning: part(immediate)) } else { bell.ring() }
        }
    }

    /// Works off what is queued, ends the thread, and returns when it has ended.
    public func stop() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.phase == .running || state.phase == .stopping else {
                    state.phase = .stopped
                    return true
                }
                state.phase = .stopping
                state.stopWaiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() } else { bell.ring() }
        }
    }

    private func enqueue(_ input: Core.Input, limit: Int) -> Bool {
        let (isTaken, wasEmpty) = state.withLock { state in
            guard state.phase != .stopped, state.inputs.count < limit else { return (false, false) }
            if state.inputs.isEmpty { state.firstInput = clock.now }
            state.inputs.append(input)
            return (true, state.inputs.count == 1)
        }
        if wasEmpty { bell.ring() }
        return isTaken
    }
}

extension CoreLoop {
    /// The thread's work. The core is held here alone; the lock guards only the queues and the copy for late readers.
    private func run(_ sink: Sink, _ observe: Observer?) {
        var core = state.withLock { $0.core }
        var batch: [Core.Input] = []
        var effects: [Core.Effect] = []
        while true {
            batch.removeAll(keepingCapacity: true)
            let (isStopping, first) = take(&batch)
            let now = clock.now
            var tick: Duration?
            for input in batch { core.handle(input, at: now, effects: &effects) }
            if let deadline = core.nextDeadline, deadline <= now {
                let begin = clock.now
                core.handle(Core.tick, at: now, effects: &effects)
                tick = clock.now - begin
            }
            if !effects.isEmpty {
                sink(effects)
                effects.removeAll(keepingCapacity: true)
            }
            observe?(core, LoopTimes(wait: first.map { now - $0 }, tick: tick, batch: clock.now - now))
            answerReaders(with: core)
            if isStopping && batch.isEmpty { break }
            if !isStopping { bell.wait(for: core.nextDeadline.map { $0 - clock.now }) }
        }
        finish(with: core)
    }

    private func take(_ batch: inout [Core.Input]) -> (isStopping: Bool, firstInput: Timestamp?) {
        state.withLock { state in
            swap(&batch, &state.inputs)
            defer { state.firstInput = nil }
            return (state.phase == .stopping, state.firstInput)
        }
    }

    private func answerReaders(with core: Core) {
        let readers = state.withLock { state in
            defer { state.readers.removeAll() }
            return state.readers
        }
        for reader in readers { reader(core) }
    }

    private func finish(with core: Core) {
        let (readers, waiters) = state.withLock { state in
            state.phase = .stopped
            state.core = core
            defer {
                state.readers = []
                state.stopWaiters = []
            }
            return (state.readers, state.stopWaiters)
        }
        for reader in readers { reader(core) }
        for waiter in waiters { waiter.resume() }
    }
}
