import Cluster
import HTTPService
import MesosMessages
import Synchronization

/// The way of a container's output to one client: records of it as it comes, and a sign of life now and then.
final class OutputRecords: Sendable {
    typealias Record = Mesos_V1_Agent_ProcessIO
    typealias Kind = Record.DataMessage.TypeEnum

    private let stream: EventStream<Record>
    private let isOver = Atomic(false)

    /// How often there is a sign of life; clients take a stream without any for dead.
    static let heartbeatInterval = Duration.seconds(30)
    /// What may wait for a client before it is cut off.
    static let mostBuffered = 4 << 20
    /// What may wait for a client before its container has to.
    private static let enoughBuffered = 256 << 10

    init(_ stream: EventStream<Record>) {
        self.stream = stream
        beat()
    }

    private func beat() {
        guard !isOver.load(ordering: .relaxed), stream.send(.signOfLife(every: Self.heartbeatInterval)) else { return }
        Task { [weak self] in
            try? await Task.sleep(for: Self.heartbeatInterval)
            self?.beat()
        }
    }

    /// Sends what a container has written; false if the client is gone.
    @discardableResult
    func send(_ bytes: [UInt8], _ kind: Kind) -> Bool {
        stream.send(.output(bytes, kind))
    }

    /// Waits until the client has read most of what it was sent; false if it is gone.
    func waitForClient() async -> Bool {
        await stream.waitUntilBuffered(below: Self.enoughBuffered)
    }

    func finish() {
        isOver.store(true, ordering: .relaxed)
        stream.finish()
    }
}

extension Mesos_V1_Agent_ProcessIO {
    static func output(_ bytes: [UInt8], _ kind: DataMessage.TypeEnum) -> Self {
        var record = Self()
        record.type = .data
        record.data.type = kind
        record.data.data.append(contentsOf: bytes)
        return record
    }

    static func signOfLife(every interval: Duration) -> Self {
        var record = Self()
        record.type = .control
        record.control.type = .heartbeat
        record.control.heartbeat.interval.nanoseconds = interval.clampedNanoseconds
        return record
    }
}
