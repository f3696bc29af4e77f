import AsyncHTTPClient
import Foundation
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// Agents that speak the real link to the master over HTTP but run nothing: a task they are given is at once running.
struct SimulatedAgents {
    let http: HTTPClient
    let base: String

    /// Registers so many agents and serves them until the task is cancelled; calls `registered` after each.
    func run(count: Int, registered: @escaping @Sendable () -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count { group.addTask { try await serve(number, registered) } }
            try await group.waitForAll()
        }
    }

    private func serve(_ number: Int, _ registered: @Sendable () -> Void) async throws {
        let response = try await http.execute(request(subscribe(number)), timeout: .hours(1))
        guard response.status == .ok else { throw OperatorClient.Refused(status: response.status.code, text: "agent \(number)") }
        let stream = response.headers.first(name: "Mesos-Stream-Id")
        var records = RecordIODecoder(maximumRecordLength: 16 << 20)
        var agent = Mesos_V1_AgentID()
        for try await chunk in response.body {
            records.append(Array(chunk.readableBytesView))
            var running: [Agora_V1_StatusUpdate] = []
            while let record = try records.next() {
                let event = try Agora_V1_AgentEvent(serializedBytes: record)
                switch event.type {
                case .subscribed:
                    agent = event.subscribed.agentID
                    registered()
                case .launch: running += event.launch.tasks.map { update($0, of: event.launch.framework.id, on: agent) }
                default: break
                }
            }
            if !running.isEmpty { try await report(running, agent, stream) }
        }
    }

    private func subscribe(_ number: Int) -> Agora_V1_AgentCall {
        .with {
            $0.type = .subscribe
            $0.subscribe.version = "1.12.0"
            $0.subscribe.agent.hostname = "simulated-\(number)"
            $0.subscribe.agent.port = 5051
            $0.subscribe.agent.resources = [scalar("cpus", 16), scalar("mem", 65_536), scalar("disk", 100_000)]
        }
    }

    private func update(_ task: Mesos_V1_TaskInfo, of framework: Mesos_V1_FrameworkID, on agent: Mesos_V1_AgentID) -> Agora_V1_StatusUpdate
    {
        .with {
            $0.frameworkID = framework
            $0.executorID.value = task.taskID.value
            $0.status.taskID = task.taskID
            $0.status.agentID = agent
            $0.status.executorID.value = task.taskID.value
            $0.status.state = .taskRunning
            $0.status.source = .executor
            $0.status.uuid = .init((0..<16).map { _ in UInt8.random(in: 0...255) })
            $0.latestState = .taskRunning
        }
    }

    private func report(_ updates: [Agora_V1_StatusUpdate], _ agent: Mesos_V1_AgentID, _ stream: String?) async throws {
        let call = Agora_V1_AgentCall.with {
            $0.type = .updateStatus
            $0.agentID = agent
            $0.updateStatus.updates = updates
        }
        let response = try await http.execute(request(call, stream), timeout: .seconds(60))
        guard response.status.code < 300 else { throw OperatorClient.Refused(status: response.status.code, text: "update") }
    }

    private func request(_ call: Agora_V1_AgentCall, _ stream: String? = nil) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + "/api/v1/agent")
        request.method = .POST
        request.headers = ["Content-Type": "application/x-protobuf", "Accept": "application/x-protobuf"]
        if let stream { request.headers.add(name: "Mesos-Stream-Id", value: stream) }
        let body: [UInt8] = try call.serializedBytes()
        request.body = .bytes(body)
        return request
    }
}

/// An unreserved scalar resource.
func scalar(_ name: String, _ value: Double) -> Mesos_V1_Resource {
    .with {
        $0.name = name
        $0.type = .scalar
        $0.scalar.value = value
    }
}
