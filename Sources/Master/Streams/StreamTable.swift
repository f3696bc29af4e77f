import HTTPService
import MasterCore
import MesosMessages
import Synchronization

/// The open event streams by their numbers.
final class StreamTable: Sendable {
    /// Where events go.
    enum Entry: Sendable {
        case scheduler(EventStream<Mesos_V1_Scheduler_Event>)
        case agent(EventStream<Agora_V1_AgentEvent>)

        func finish() {
            switch self {
            case .scheduler(let stream): stream.finish()
            case .agent(let stream): stream.finish()
            }
        }
    }

    private struct State {
        var opening: Set<StreamID> = []
        var entries: [StreamID: Entry] = [:]
        var next: UInt64 = 1
    }

    private let state = Mutex(State())

    /// A number that no stream had before, for a stream that is about to open.
    func reserve() -> StreamID {
        state.withLock { state in
            defer { state.next += 1 }
            let id = StreamID(state.next)
            state.opening.insert(id)
            return id
        }
    }

    /// Makes a stream known to those who write events. False if it is over already.
    func add(_ id: StreamID, _ entry: Entry) -> Bool {
        state.withLock { state in
            guard state.opening.remove(id) != nil else { return false }
            state.entries[id] = entry
            return true
        }
    }

    /// Forgets a stream that is over.
    func remove(_ id: StreamID) {
        state.withLock { state in
            state.opening.remove(id)
            state.entries[id] = nil
        }
    }

    /// The stream of a number, if it is open.
    subscript(id: StreamID) -> Entry? {
        state.withLock { $0.entries[id] }
    }

    /// Ends all streams.
    func finishAll() {
        let entries = state.withLock { Array($0.entries.values) }
        for entry in entries { entry.finish() }
    }
}
