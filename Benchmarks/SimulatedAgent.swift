import Foundation
import MesosMessages
import NIOCore
import SwiftProtobuf

/// One of ``SimulatedAgents``. All of it happens on one event loop.
final class SimulatedAgent: @unchecked Sendable {
    // Unchecked because the compiler cannot know that it is only touched on its event loop.
    private let loop: any EventLoop
    private let port: Int
    private let address: String
    private let lines: CallLines
    private let subscribed: EventLoopPromise<Mesos_V1_AgentID>
    private var id = Mesos_V1_AgentID()
    private var stream: EventStream?
    private var calls: EventLoopFuture<CallConnection>?
    /// What was said of its tasks last.
    private var tasks: [Agora_V1_StatusUpdate] = []
    private var next = 0

    private static let path = "/api/v1/agent"

    init(_ loop: any EventLoop, port: Int, address: String, lines: CallLines) {
        self.loop = loop
        self.port = port
        self.address = address
        self.lines = lines
        subscribed = loop.makePromise()
    }

    /// Subscribes, and from then on answers what the master sends; the id that the master gave it.
    func subscribe(_ call: Agora_V1_AgentCall) -> EventLoopFuture<Mesos_V1_AgentID> {
        loop.flatSubmit { [self] in
            do {
                let body: [UInt8] = try call.serializedBytes()
                EventStream.open(on: loop, port: port, from: address, Self.path, body, handle: handle, fail: subscribed.fail)
                    .whenComplete { [self] result in
                        switch result {
                        case .success(let opened): stream = opened
                        case .failure(let error): subscribed.fail(error)
                        }
                    }
            } catch {
                subscribed.fail(error)
            }
            return subscribed.futureResult
        }
    }

    private func handle(_ record: [UInt8]) throws {
        let event = try Agora_V1_AgentEvent(serializedBytes: record)
        switch event.type {
        case .subscribed:
            id = event.subscribed.agentID
            subscribed.succeed(id)
        case .launch:
            let updates = event.launch.tasks.map { running($0, of: event.launch.framework.id) }
            tasks += updates
            try report(updates)
        case .heartbeat where calls != nil || lines.areShared:
            // Who is silent for five of them is taken for lost. Others have no second connection for it, and do not live as long.
            try post(.with { $0.type = .heartbeat })
        case .error:
            throw OperatorClient.Refused(status: 200, text: event.error.message)
        default: break
        }
    }

    /// Says of the next of its tasks that it still runs, with the time of day in the status.
    func updateNextTask() {
        loop.execute { [self] in
            guard !tasks.isEmpty else { return }
            next = (next + 1) % tasks.count
            tasks[next].status.uuid = Self.newUUID()
            tasks[next].status.timestamp = WallClock.now
            do { try report([tasks[next]]) } catch { fatalError("a status update is not to be encoded: \(error)") }
        }
    }

    private func report(_ updates: [Agora_V1_StatusUpdate]) throws {
        try post(
            .with {
                $0.type = .updateStatus
                $0.updateStatus.updates = updates
            }
        )
    }

    /// Only an agent that has something to say needs a second connection.
    private func post(_ call: Agora_V1_AgentCall) throws {
        let calls = calls ?? lines.next(from: address)
        self.calls = calls
        var call = call
        call.agentID = id
        let body: [UInt8] = try call.serializedBytes()
        let stream = stream?.id
        calls.flatMap { $0.post(Self.path, body, stream: stream) }.whenComplete { [lines] result in
            if case .success(let status) = result, status < 300 { return }
            if lines.areEnding { return }
            fatalError("what an agent said was not taken: \(result)")
        }
    }

    private func running(_ task: Mesos_V1_TaskInfo, of framework: Mesos_V1_FrameworkID) -> Agora_V1_StatusUpdate {
        .with {
            $0.frameworkID = framework
            $0.executorID.value = task.taskID.value
            $0.status.taskID = task.taskID
            $0.status.agentID = id
            $0.status.executorID.value = task.taskID.value
            $0.status.state = .taskRunning
            $0.status.source = .executor
            $0.status.uuid = Self.newUUID()
            $0.status.timestamp = WallClock.now
            $0.latestState = .taskRunning
        }
    }

    private static func newUUID() -> Data { .init((0..<16).map { _ in UInt8.random(in: 0...255) }) }
}

/// The time of day in seconds.
enum WallClock {
    static var now: Double { Date().timeIntervalSince1970 }
}
