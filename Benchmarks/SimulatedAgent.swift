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
    private let subscribed: EventLoopPromise<Mesos_V1_AgentID>
    private var id = Mesos_V1_AgentID()
    private var stream: EventStream?
    private var calls: EventLoopFuture<CallConnection>?

    private static let path = "/api/v1/agent"

    init(_ loop: any EventLoop, port: Int, address: String) {
        self.loop = loop
        self.port = port
        self.address = address
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
            try report(event.launch.tasks.map { running($0, of: event.launch.framework.id) })
        case .error:
            throw OperatorClient.Refused(status: 200, text: event.error.message)
        default: break
        }
    }

    /// Only an agent that is given tasks needs a second connection.
    private func report(_ updates: [Agora_V1_StatusUpdate]) throws {
        let calls = calls ?? CallConnection.open(on: loop, port: port, from: address)
        self.calls = calls
        let body: [UInt8] = try Agora_V1_AgentCall.with {
            $0.type = .updateStatus
            $0.agentID = id
            $0.updateStatus.updates = updates
        }.serializedBytes()
        let stream = stream?.id
        calls.flatMap { $0.post(Self.path, body, stream: stream) }.whenComplete { result in
            if case .success(let status) = result, status < 300 { return }
            fatalError("an agent's status updates were not taken: \(result)")
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
            $0.status.uuid = .init((0..<16).map { _ in UInt8.random(in: 0...255) })
            $0.latestState = .taskRunning
        }
    }
}
