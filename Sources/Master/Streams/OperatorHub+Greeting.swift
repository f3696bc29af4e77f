import Cluster
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages
import NIOCore
import Synchronization

extension OperatorHub {
    /// Shows the state to some, encoded once for all of them; meanwhile their events are kept.
    func greet(_ ids: [StreamID], _ cluster: ClusterState, _ interval: Duration) {
        let streams = state.withLock { state in
            ids.compactMap { id -> (id: StreamID, stream: Stream)? in
                guard let stream = state.watchers[id]?.stream else { return nil }
                state.watchers[id]?.phase = .greeted
                state.watchers[id]?.next = state.ring.end
                return (id, stream)
            }
        }
        Task {
            let message = Self.greeting(cluster, interval)
            await withTaskGroup(of: Void.self) { group in
                for (encoding, members) in Dictionary(grouping: streams, by: \.stream.encoding) {
                    let record = ByteBuffer(bytes: RecordIO.frame(encoding.encode(message)))
                    for (id, stream) in members {
                        group.addTask { if await self.show(record, to: id, stream) { Task { await self.catchUp(id, stream) } } }
                    }
                }
            }
            greetingEnded()
        }
    }

    private static func greeting(_ cluster: ClusterState, _ interval: Duration) -> Mesos_V1_Master_Event {
        var event = Mesos_V1_Master_Event()
        event.type = .subscribed
        event.subscribed.getState = cluster.stateMessage
        event.subscribed.heartbeatIntervalSeconds = Double(interval.clampedNanoseconds) / 1e9
        return event
    }

    /// Sends the state to one as fast as it reads; false if its stream is over.
    private func show(_ record: ByteBuffer, to id: StreamID, _ stream: Stream) async -> Bool {
        var rest = record
        while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)), piece.readableBytes > 0 {
            guard await stream.waitUntilBuffered(below: Self.fullBytes), stream.send(framed: piece) else { return false }
            state.withLock { $0.watchers[id]?.stalls = 0 }
        }
        return state.withLock { state in
            guard state.watchers[id] != nil else { return false }
            state.watchers[id]?.phase = .behind
            return true
        }
    }
}
