import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf
import Synchronization
import TestSupport
import Testing

/// A framework that speaks the public scheduler API, and sends whatever a test wants.
final class Scheduler: Sendable {
    private let port: Int
    private let state = Mutex(State())

    private struct State {
        var streamID = ""
        var framework = Mesos_V1_FrameworkID()
        var offers: [Mesos_V1_Offer] = []
        var statuses: [Mesos_V1_TaskStatus] = []
    }

    private init(port: Int) {
        self.port = port
    }

    /// Subscribes, runs the body, and tears the framework down: with its stream at the latest, for it has no failover time.
    static func run(on cluster: Cluster, _ body: (Scheduler) async throws -> Void) async throws {
        let scheduler = Scheduler(port: cluster.local.masterPort)
        let reading = Task { try await scheduler.read() }
        defer { reading.cancel() }
        try #require(await eventually { scheduler.state.withLock { !$0.framework.value.isEmpty } }, "the master sent no SUBSCRIBED")
        try await body(scheduler)
        #expect(try await scheduler.send(.with { $0.type = .teardown }).status == 202)
    }

    /// Launches the task on the next offer and waits for its end.
    func end(of task: Mesos_V1_TaskInfo) async throws -> Mesos_V1_TaskStatus {
        try #require(await eventually { state.withLock { !$0.offers.isEmpty } }, "no offer came")
        let offer = try #require(state.withLock { $0.offers.popLast() })
        var task = task
        task.agentID = offer.agentID
        let accept = Mesos_V1_Scheduler_Call.with { call in
            call.type = .accept
            call.accept.offerIds = [offer.id]
            call.accept.filters.refuseSeconds = 0
            call.accept.operations = [
                .with { operation in
                    operation.type = .launch
                    operation.launch.taskInfos = [task]
                }
            ]
        }
        let answer = try await send(accept)
        try #require(answer.status == 202, "\(answer.text)")
        let id = task.taskID
        let hasEnded = await eventually(within: .seconds(60)) { status(of: id) != nil }
        try #require(hasEnded, "no end of the task \(id.value) was told")
        return try #require(status(of: id))
    }

    /// The last status of a task that has ended.
    private func status(of id: Mesos_V1_TaskID) -> Mesos_V1_TaskStatus? {
        let lasting: [Mesos_V1_TaskState] = [.taskStaging, .taskStarting, .taskRunning, .taskKilling]
        return state.withLock { state in state.statuses.last { $0.taskID == id && !lasting.contains($0.state) } }
    }

    /// POSTs a call of this framework.
    func send(_ call: Mesos_V1_Scheduler_Call) async throws -> Answer {
        var call = call
        let streamID = state.withLock { state in
            call.frameworkID = state.framework
            return state.streamID
        }
        let response = try await HTTPClient.shared.execute(request(call, streamID: streamID), timeout: .seconds(30))
        return Answer(status: Int(response.status.code), text: String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    private func request(_ call: Mesos_V1_Scheduler_Call, streamID: String?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/scheduler")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: MessageEncoding.protobuf.mediaType)
        if let streamID {
            request.headers.add(name: "Mesos-Stream-Id", value: streamID)
        } else {
            request.headers.add(name: "Accept", value: MessageEncoding.protobuf.mediaType)
        }
        request.body = .bytes(MessageEncoding.protobuf.encode(call))
        return request
    }

    private func read() async throws {
        let subscribe = Mesos_V1_Scheduler_Call.with { call in
            call.type = .subscribe
            call.subscribe.frameworkInfo.user = "root"
            call.subscribe.frameworkInfo.name = "bad input"
            call.subscribe.frameworkInfo.roles = ["*"]
            call.subscribe.frameworkInfo.capabilities = [.with { $0.type = .multiRole }, .with { $0.type = .partitionAware }]
        }
        let response = try await HTTPClient.shared.execute(request(subscribe, streamID: nil), deadline: .distantFuture)
        state.withLock { $0.streamID = response.headers.first(name: "Mesos-Stream-Id") ?? "" }
        var decoder = RecordIODecoder(maximumRecordLength: 16 << 20)
        for try await chunk in response.body {
            decoder.append(chunk.readableBytesView)
            while let record = try decoder.next() {
                try await take(MessageEncoding.protobuf.decode(Mesos_V1_Scheduler_Event.self, from: record))
            }
        }
    }

    private func take(_ event: Mesos_V1_Scheduler_Event) async throws {
        switch event.type {
        case .subscribed: state.withLock { $0.framework = event.subscribed.frameworkID }
        case .offers: state.withLock { $0.offers += event.offers.offers }
        case .rescind: state.withLock { state in state.offers.removeAll { $0.id == event.rescind.offerID } }
        case .update:
            let status = event.update.status
            state.withLock { $0.statuses.append(status) }
            guard status.hasUuid else { return }
            _ = try await send(
                .with { call in
                    call.type = .acknowledge
                    call.acknowledge.agentID = status.agentID
                    call.acknowledge.taskID = status.taskID
                    call.acknowledge.uuid = status.uuid
                }
            )
        default: return
        }
    }
}

extension Mesos_V1_TaskInfo {
    /// A task of a shell line that is in order, with one thing changed.
    static func sample(_ id: String, _ line: String = "true", _ change: (inout Mesos_V1_TaskInfo) -> Void = { _ in }) -> Self {
        .with { task in
            task.name = "sample"
            task.taskID.value = id
            task.command.value = line
            task.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
            change(&task)
        }
    }
}

extension Mesos_V1_Resource {
    static func scalar(_ name: String, _ value: Double) -> Self {
        .with { resource in
            resource.name = name
            resource.type = .scalar
            resource.scalar.value = value
        }
    }
}
