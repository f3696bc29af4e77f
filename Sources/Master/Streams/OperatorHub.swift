import Cluster
import Dispatch
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages
import NIOCore
import Synchronization

/// Sends what changes to all who watch the cluster by SUBSCRIBE of the operator API.
///
/// Every event is encoded once, whatever the number of those who watch. All of them read the same pieces, each at its own pace:
/// one whose connection is full goes on by itself later; one for whom pieces are kept no longer is cut off. So a watcher costs
/// what its connection holds, and all of them together one ring of pieces and few copies of the state.
final class OperatorHub: Sendable {
    typealias Stream = EventStream<Mesos_V1_Master_Event>

    /// What the core decided.
    enum Command: Sendable {
        case greet([StreamID], Greeting)
        case tell(OperatorEvent)
        case close(StreamID)
    }

    struct Watcher {
        enum Phase {
            /// The core has not heard of it.
            case waiting
            /// The core has; it is about to be shown the state.
            case announced
            /// It is being shown the state.
            case greeted
            /// It has all events.
            case live
            /// It is sent those that it has not.
            case behind
        }

        let stream: Stream
        var phase = Phase.waiting
        /// The number of the next piece it needs.
        var next = 0
        /// Whether something of the state was written to it.
        var isShown = false
        /// How many heartbeats went by since the last of it.
        var stalls = 0
        /// How many heartbeats went by since the first of it.
        var shownFor = 0
    }

    struct State {
        var opening: Set<StreamID> = []
        var watchers: [StreamID: Watcher] = [:]
        var waiting: [StreamID] = []
        var ring = EventRing(limit: OperatorHub.keptBytes)
        var nextStream: UInt64 = 1
        /// How many copies of the state are being made or shown.
        var greetings = 0
        /// Whether one is being made.
        var isMaking = false
        /// How long those are together that are being shown.
        var shownBytes = 0
        var pending: [Command] = []
        var batches = 0
        var isDrainDue = false
    }

    let state = Mutex(State())
    let turns: Turns
    private let report: @Sendable (MasterInput) -> Void
    private let queue = DispatchQueue(label: "agora.operator-events")
    private let room = DispatchSemaphore(value: OperatorHub.batchesAtOnce)

    /// - Parameters:
    ///   - turns: who makes a copy of the state waits for one.
    ///   - report: hands an input to the core.
    init(_ turns: Turns, report: @escaping @Sendable (MasterInput) -> Void) {
        self.turns = turns
        self.report = report
    }

    /// Bytes of events that are kept for slow readers, in each encoding.
    static let keptBytes = 64 << 20
    /// Bytes that may wait in one connection before its watcher goes on by itself.
    static let fullBytes = 64 << 10
    /// Bytes that are written at once.
    static let pieceBytes = 64 << 10
    /// Copies of the state that are shown at once; who comes meanwhile is shown the next one.
    static let greetingsAtOnce = 32
    /// Bytes of copies that are shown from which on no further one is made.
    static let shownBytes = 128 << 20
    /// Heartbeats without progress after which one that is shown the state is cut off; with others that wait because of it, also
    /// heartbeats with progress.
    static let patience = 3
    private static let batchesAtOnce = 256
    /// How long what happens close together is gathered, for each who watches: it goes to each of them in one write, and a write to
    /// a thousand connections costs as much as many events.
    private static let pauseMicroseconds = 50
    private static let longestPauseMicroseconds = 50_000

    // MARK: Streams

    /// Opens a stream; the core hears of it together with others that came meanwhile.
    func open(_ responder: CallResponder) throws(Refusal) {
        let encoding = try responder.eventEncoding()
        let id = state.withLock { state in
            defer { state.nextStream += 1 }
            let id = StreamID(state.nextStream)
            state.opening.insert(id)
            return id
        }
        let stream = responder.stream(of: Mesos_V1_Master_Event.self, encoding, maximumBufferedBytes: 4 * Self.fullBytes) { [self] in
            ended(id)
        }
        state.withLock { state in
            guard state.opening.remove(id) != nil else { return }
            state.watchers[id] = Watcher(stream: stream)
            state.waiting.append(id)
            announce(&state)
        }
    }

    /// Lets the core know of those who wait, unless a copy of the state is being made or enough of them are shown.
    private func announce(_ state: inout State) {
        let hasRoom = state.greetings < Self.greetingsAtOnce && state.shownBytes < Self.shownBytes
        guard !state.isMaking, hasRoom, !state.waiting.isEmpty else { return }
        for id in state.waiting { state.watchers[id]?.phase = .announced }
        state.isMaking = true
        state.greetings += 1
        // Under the lock, so that the core hears of the end of a stream after its beginning.
        report(.operatorSubscribe(state.waiting))
        state.waiting = []
    }

    private func ended(_ id: StreamID) {
        state.withLock { state in
            state.opening.remove(id)
            guard let watcher = state.watchers.removeValue(forKey: id) else { return }
            if state.watchers.isEmpty { state.ring.clear() }
            if watcher.phase == .waiting { state.waiting.removeAll { $0 == id } } else { report(.operatorStreamClosed(id)) }
        }
    }

    /// A copy of the state is going to be shown.
    func greetingMade(_ bytes: Int) {
        state.withLock { state in
            state.isMaking = false
            state.shownBytes += bytes
            announce(&state)
        }
    }

    /// It is not in use any more.
    func greetingEnded(_ bytes: Int) {
        state.withLock { state in
            state.greetings -= 1
            state.shownBytes -= bytes
            announce(&state)
        }
    }

    /// Ends all streams.
    func finishAll() {
        let streams = state.withLock { $0.watchers.values.map(\.stream) }
        for stream in streams { stream.finish() }
    }

    // MARK: Commands

    /// Hands over what one batch decided, in order. Waits while too much is to be done already.
    func carryOut(_ commands: [Command]) {
        guard !commands.isEmpty else { return }
        room.wait()
        let pause = state.withLock { state -> Int? in
            state.pending += commands
            state.batches += 1
            if state.batches == Self.batchesAtOnce / 2 { return 0 }
            guard !state.isDrainDue else { return nil }
            state.isDrainDue = true
            return min(Self.pauseMicroseconds * state.watchers.count, Self.longestPauseMicroseconds)
        }
        guard let pause else { return }
        queue.asyncAfter(deadline: .now() + .microseconds(pause)) { self.drain() }
    }

    /// Returns when all that was handed over before is done.
    func drained() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.drain()
                continuation.resume()
            }
        }
    }

    private func drain() {
        let (commands, batches) = state.withLock { state in
            defer {
                state.pending = []
                state.batches = 0
                state.isDrainDue = false
            }
            return (state.pending, state.batches)
        }
        for _ in 0..<batches { room.signal() }
        var events: [OperatorEvent] = []
        for command in commands {
            if case .tell(let event) = command {
                events.append(event)
                continue
            }
            publish(&events)
            switch command {
            case .greet(let ids, let greeting): greet(ids, greeting)
            case .close(let id): state.withLock { $0.watchers[id]?.stream }?.finish()
            case .tell: break
            }
        }
        publish(&events)
    }
}
