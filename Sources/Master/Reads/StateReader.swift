import Cluster
import CoreLoop
import HTTPService
import Logging
import MasterCore
import Synchronization

/// One copy of the state, and what is counted from it when it is first asked for.
struct StateReading: Sendable {
    let state: ClusterState
    let flags: [(name: String, value: String)]

    /// Seconds since the master began.
    let uptime: Double

    /// How long things take.
    let measures: MasterMeasures.Values

    /// Whether counting what is shown takes so long that a reader is to see before that it is answered.
    var isLarge: Bool { state.agents.count >= 1000 }
}

/// Answers reads from copies of the state, away from the core's thread and from the event loops.
final class StateReader: Sendable {
    let build = BuildInfo(mesosVersion: Version.mesos, agoraVersion: Version.agora)

    private let loop: CoreLoop<MasterCore>
    private let clock: SteadyClock
    private let flags: [(name: String, value: String)]
    private let measures: MasterMeasures
    private let running = Mutex(0)

    init(_ loop: CoreLoop<MasterCore>, clock: SteadyClock, flags: [(name: String, value: String)], measures: MasterMeasures) {
        self.loop = loop
        self.clock = clock
        self.flags = flags
        self.measures = measures
    }

    /// Takes a copy of the state and has `answer` make the answer of it.
    func answer(_ responder: HTTPResponder, _ answer: @escaping @Sendable (StateReading) -> Void) {
        guard begin() else { return refuse(responder) }
        Task {
            answer(await read())
            end()
        }
    }

    /// The same with a copy of another part of the core, and the moment at which it was taken.
    func answer<Part: Sendable>(
        _ responder: HTTPResponder,
        of part: @escaping @Sendable (MasterCore) -> Part,
        _ answer: @escaping @Sendable (Part, Timestamp) -> Void
    ) {
        guard begin() else { return refuse(responder) }
        Task {
            answer(await loop.read(part), clock.now)
            end()
        }
    }

    /// A copy of the state.
    func read() async -> StateReading {
        let state = await loop.read(\.state)
        let uptime = Double((clock.now - state.started).clampedNanoseconds) / 1e9
        return StateReading(state: state, flags: flags, uptime: uptime, measures: measures.values)
    }

    func refuse(_ responder: HTTPResponder) {
        let advice = "the master answers very many reads already; send this one again in a moment"
        responder.refuse(503, advice, headers: [("Retry-After", "1")])
    }

    private func begin() -> Bool {
        running.withLock { count in
            guard count < Self.maximumReads else { return false }
            count += 1
            return true
        }
    }

    private func end() {
        running.withLock { $0 -= 1 }
    }

    /// How many reads may be in the making at once.
    private static let maximumReads = 64
}
