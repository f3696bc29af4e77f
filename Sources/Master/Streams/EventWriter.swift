import Dispatch
import HTTPService
import MasterCore
import MesosAPI
import NIOCore

/// Encodes events and writes them to their streams, on threads of its own, so that the core goes on meanwhile.
///
/// Each stream belongs to one lane, so its events stay in order. A lane takes a bounded number of batches; when it is
/// full, the core waits, its queue fills, and callers are told to come back later.
final class EventWriter: Sendable {
    /// What to do with one stream.
    enum Command: Sendable {
        case scheduler(SchedulerEvent)
        case agent(AgentEvent)
        case close
    }

    private struct Lane: Sendable {
        let queue: DispatchQueue
        let room: DispatchSemaphore
    }

    private let streams: StreamTable<MasterStream>
    private let lanes: [Lane]

    init(_ streams: StreamTable<MasterStream>) {
        self.streams = streams
        lanes = (0..<Self.laneCount).map { number in
            Lane(queue: DispatchQueue(label: "agora.events.\(number)"), room: DispatchSemaphore(value: Self.batchesPerLane))
        }
    }

    /// Hands over the commands of one batch, in order.
    func write(_ commands: [(stream: StreamID, command: Command)]) {
        guard !commands.isEmpty else { return }
        var shares = [[(stream: StreamID, command: Command)]](repeating: [], count: lanes.count)
        for command in commands { shares[Int(command.stream.number % UInt64(lanes.count))].append(command) }
        for (lane, share) in zip(lanes, shares) where !share.isEmpty {
            lane.room.wait()
            lane.queue.async { [self] in
                for (stream, command) in share { carryOut(command, on: stream) }
                lane.room.signal()
            }
        }
    }

    /// Returns when all that was handed over before is written.
    func drain() async {
        for lane in lanes {
            await withCheckedContinuation { continuation in
                lane.queue.async { continuation.resume() }
            }
        }
    }

    private func carryOut(_ command: Command, on stream: StreamID) {
        switch (command, streams[stream]) {
        case (.scheduler(.heartbeat), .scheduler(let stream)): stream.send(encoded: Self.heartbeats[stream.encoding] ?? [])
        case (.scheduler(let event), .scheduler(let stream)): stream.send(event.message)
        case (.agent(let event), .agent(let stream)): stream.send(event.message)
        case (.close, let entry?): entry.finish()
        default: break  // The stream is over.
        }
    }

    /// A scheduler's heartbeat, encoded once for all.
    private static let heartbeats = Dictionary(
        uniqueKeysWithValues: MessageEncoding.allCases.map { ($0, $0.encode(SchedulerEvent.heartbeat.message)) }
    )

    /// Half of the processors at most: the others serve connections and the core.
    private static let laneCount = min(max(System.coreCount / 2, 1), 4)
    private static let batchesPerLane = 256
}
