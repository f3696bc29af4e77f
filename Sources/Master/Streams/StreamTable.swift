import HTTPService
import MasterCore
import MesosAPI
import Synchronization

/// The open event streams by their numbers.
final class StreamTable: Sendable {
    struct Entry: Sendable {
        let stream: HTTPStream
        let encoding: MessageEncoding
    }

    private struct State {
        var entries: [StreamID: Entry] = [:]
        var next: UInt64 = 1
    }

    private let state = Mutex(State())

    /// A number that no stream had before.
    func newID() -> StreamID {
        state.withLock { state in
            defer { state.next += 1 }
            return StreamID(state.next)
        }
    }

    /// Makes a stream known to those who write events.
    func add(_ id: StreamID, _ entry: Entry) {
        state.withLock { $0.entries[id] = entry }
    }

    /// Forgets a stream that is over.
    func remove(_ id: StreamID) {
        state.withLock { $0.entries[id] = nil }
    }

    /// The stream of a number, if it is open.
    subscript(id: StreamID) -> Entry? {
        state.withLock { $0.entries[id] }
    }

    /// Ends all streams.
    func finishAll() {
        let entries = state.withLock { Array($0.entries.values) }
        for entry in entries { entry.stream.finish() }
    }
}
