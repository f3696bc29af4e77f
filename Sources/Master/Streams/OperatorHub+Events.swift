import HTTPService
import MasterCore
import MesosAPI
import MesosMessages
import NIOCore
import Synchronization

extension OperatorHub {
    /// Sends events to all who have those before them, and keeps them for the others.
    func publish(_ events: inout [OperatorEvent]) {
        guard !events.isEmpty else { return }
        defer { events.removeAll(keepingCapacity: true) }
        let encodings = state.withLock { Set($0.watchers.values.map(\.stream.encoding)) }
        guard !encodings.isEmpty else { return }
        let messages = events.map(\.message)
        for piece in Self.pieces(of: messages, in: encodings) { send(piece) }
        if events.contains(where: { if case .heartbeat = $0 { true } else { false } }) { cutOffStalled() }
    }

    /// The events framed, in pieces of moderate size: numbered alike in all encodings.
    private static func pieces(of messages: [Mesos_V1_Master_Event], in encodings: Set<MessageEncoding>) -> [EventRing.Piece] {
        var pieces: [EventRing.Piece] = []
        var current: EventRing.Piece = [:]
        for message in messages {
            for encoding in encodings {
                current[encoding, default: ByteBuffer()].writeBytes(RecordIO.frame(encoding.encode(message)))
            }
            while current.values.contains(where: { $0.readableBytes >= pieceBytes }) { pieces.append(takePiece(of: &current)) }
        }
        return current.values.contains { $0.readableBytes > 0 } ? pieces + [current] : pieces
    }

    /// A long event goes in several pieces; in one encoding it may need fewer of them than in another.
    private static func takePiece(of events: inout EventRing.Piece) -> EventRing.Piece {
        var piece: EventRing.Piece = [:]
        for (encoding, bytes) in events {
            var rest = bytes
            piece[encoding] = rest.readSlice(length: min(rest.readableBytes, pieceBytes))
            events[encoding] = rest
        }
        return piece
    }

    private func send(_ piece: EventRing.Piece) {
        let (live, lost) = state.withLock { state in
            state.ring.append(piece)
            var live: [(id: StreamID, stream: Stream)] = []
            var lost: [Stream] = []
            for (id, watcher) in state.watchers {
                switch watcher.phase {
                case .live: live.append((id, watcher.stream))
                case .behind, .greeted: if watcher.next < state.ring.first { lost.append(watcher.stream) }
                case .waiting, .announced: break
                }
            }
            return (live, lost)
        }
        for stream in lost { stream.cutOff() }
        var full: [StreamID] = []
        for (id, stream) in live {
            guard let bytes = piece[stream.encoding], bytes.readableBytes > 0 else { continue }
            if stream.bufferedBytes < Self.fullBytes { stream.send(framed: bytes) } else { full.append(id) }
        }
        if !full.isEmpty { fallBehind(full) }
    }

    /// Those who did not get the newest piece go on by themselves.
    private func fallBehind(_ ids: [StreamID]) {
        let behind = state.withLock { state in
            ids.compactMap { id -> (StreamID, Stream)? in
                guard let stream = state.watchers[id]?.stream else { return nil }
                state.watchers[id]?.phase = .behind
                state.watchers[id]?.next = state.ring.end - 1
                return (id, stream)
            }
        }
        for (id, stream) in behind {
            Task { await self.catchUp(id, stream) }
        }
    }

    /// Sends one watcher all that it has not, as fast as it reads, until it has all.
    func catchUp(_ id: StreamID, _ stream: Stream) async {
        while await stream.waitUntilBuffered(below: Self.fullBytes) {
            let step = state.withLock { state -> EventRing.Piece? in
                guard let next = state.watchers[id]?.next, let piece = state.ring[next] else {
                    let isLost = state.watchers[id].map { $0.next < state.ring.first } ?? true
                    if !isLost { state.watchers[id]?.phase = .live }
                    return nil
                }
                state.watchers[id]?.next = next + 1
                return piece
            }
            guard let step else { return }
            // What was published before anybody read this encoding was for others.
            guard let bytes = step[stream.encoding], bytes.readableBytes > 0 else { continue }
            guard stream.send(framed: bytes) else { return }
        }
    }

    /// Those who are shown the state and do not read it hold a copy of it; those who read it slowly may hold up others.
    private func cutOffStalled() {
        let stalled = state.withLock { state in
            let othersWait = !state.waiting.isEmpty
            var stalled: [Stream] = []
            for (id, watcher) in state.watchers where watcher.phase == .greeted && watcher.isShown {
                state.watchers[id]?.stalls += 1
                state.watchers[id]?.shownFor += 1
                let isStalled = watcher.stalls + 1 >= Self.patience || othersWait && watcher.shownFor + 1 >= Self.patience
                if isStalled { stalled.append(watcher.stream) }
            }
            return stalled
        }
        for stream in stalled { stream.cutOff() }
    }
}
