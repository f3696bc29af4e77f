import HTTPService
import MasterCore
import MesosAPI
import MesosMessages
import NIOCore
import Synchronization

extension OperatorHub {
    private typealias Shown = (id: StreamID, stream: Stream)

    /// Shows the state to some, made once for all of them; meanwhile their events are kept.
    func greet(_ ids: [StreamID], _ greeting: Greeting) {
        let streams = state.withLock { state in
            ids.compactMap { id -> Shown? in
                guard let stream = state.watchers[id]?.stream else { return nil }
                state.watchers[id]?.phase = .greeted
                state.watchers[id]?.next = state.ring.end
                return (id, stream)
            }
        }
        Task {
            let encodings = Set(streams.map(\.stream.encoding))
            let records = await turns.take {
                Dictionary(uniqueKeysWithValues: encodings.map { ($0, greeting.record($0, pieceBytes: Self.pieceBytes)) })
            }
            // Another task, so that the copy of the state itself is let go now.
            Task { await showAll(records, streams) }
        }
    }

    private func showAll(_ records: [MessageEncoding: [ByteBuffer]], _ streams: [Shown]) async {
        let bytes = records.values.joined().reduce(0) { $0 + $1.readableBytes }
        greetingMade(bytes)
        await withTaskGroup(of: Void.self) { group in
            for (id, stream) in streams {
                guard let record = records[stream.encoding] else { continue }
                group.addTask { if await self.show(record, to: id, stream) { Task { await self.catchUp(id, stream) } } }
            }
        }
        greetingEnded(bytes)
    }

    /// Sends the state to one as fast as it reads; false if its stream is over.
    private func show(_ record: [ByteBuffer], to id: StreamID, _ stream: Stream) async -> Bool {
        state.withLock { $0.watchers[id]?.isShown = true }
        for piece in record {
            var rest = piece
            while let part = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)), part.readableBytes > 0 {
                guard await stream.waitUntilBuffered(below: Self.fullBytes), stream.send(framed: part) else { return false }
                state.withLock { $0.watchers[id]?.stalls = 0 }
            }
        }
        return state.withLock { state in
            guard state.watchers[id] != nil else { return false }
            state.watchers[id]?.phase = .behind
            return true
        }
    }
}
