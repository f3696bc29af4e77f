public import MesosAPI
import Synchronization

/// Where the events of one stream go.
public protocol StreamEntry: Sendable {
    /// Ends the stream after what was sent.
    func finish()
}

extension EventStream: StreamEntry {}

/// The open event streams by their numbers.
public final class StreamTable<Entry: StreamEntry>: Sendable {
    private struct State {
        var opening: Set<StreamID> = []
        var entries: [StreamID: Entry] = [:]
        var next: UInt64 = 1
    }

    private let state = Mutex(State())

    /// A table without streams.
    public init() {}

    /// A number that no stream had before, for a stream that is about to open.
    public func reserve() -> StreamID {
        state.withLock { state in
            defer { state.next += 1 }
            let id = StreamID(state.next)
            state.opening.insert(id)
            return id
        }
    }

    /// Makes a stream known to those who write events. False if it is over already.
    public func add(_ id: StreamID, _ entry: Entry) -> Bool {
        state.withLock { state in
            guard state.opening.remove(id) != nil else { return false }
            state.entries[id] = entry
            return true
        }
    }

    /// Forgets a stream that is over.
    public func remove(_ id: StreamID) {
        state.withLock { state in
            state.opening.remove(id)
            state.entries[id] = nil
        }
    }

    /// The stream of a number, if it is open.
    public subscript(id: StreamID) -> Entry? {
        state.withLock { $0.entries[id] }
    }

    /// Ends all streams.
    public func finishAll() {
        let entries = state.withLock { Array($0.entries.values) }
        for entry in entries { entry.finish() }
    }
}
