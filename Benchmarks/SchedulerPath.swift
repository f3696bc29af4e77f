import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf
import Synchronization

/// One scheduler over HTTP against simulated agents: tasks per second from the first ACCEPT until every task's
/// TASK_RUNNING was delivered and its acknowledgement answered. Master, agents and scheduler share the machine.
func benchmarkSchedulerPath(_ http: HTTPClient, masterPort: Int, agents: Int, tasksPerAgent: Int, into report: inout Report) async throws {
    let base = "http://127.0.0.1:\(masterPort)"
    let (registrations, registered) = AsyncStream.makeStream(of: Void.self)
    let simulation = Task { try await SimulatedAgents(http: http, base: base).run(count: agents) { registered.yield() } }
    var known = 0
    for await _ in registrations {
        known += 1
        if known == agents { break }
    }
    let scheduler = try await BenchmarkScheduler(http: http, base: base)
    let elapsed = try await scheduler.runTasks(agents: agents, tasksPerAgent: tasksPerAgent)
    report.add("scheduler path, \(agents) agents", Double(agents * tasksPerAgent) / elapsed.seconds, "tasks per second", atLeast: 5_000)
    simulation.cancel()
    _ = try? await simulation.value
}

/// A scheduler that accepts every offer with some small tasks and acknowledges every update at once.
private final class BenchmarkScheduler: Sendable {
    private let http: HTTPClient
    private let url: String
    private let stream: HTTPClientResponse
    private let streamID: String
    private let framework = Mutex(Mesos_V1_FrameworkID())

    init(http: HTTPClient, base: String) async throws {
        self.http = http
        url = base + "/api/v1/scheduler"
        let subscribe = Mesos_V1_Scheduler_Call.with {
            $0.type = .subscribe
            $0.subscribe.frameworkInfo.user = "root"
            $0.subscribe.frameworkInfo.name = "benchmark"
            $0.subscribe.frameworkInfo.roles = ["*"]
            $0.subscribe.frameworkInfo.capabilities = [.with { $0.type = .multiRole }]
        }
        stream = try await http.execute(Self.request(url, subscribe, nil), timeout: .hours(1))
        streamID = stream.headers.first(name: "Mesos-Stream-Id") ?? ""
    }

    func runTasks(agents: Int, tasksPerAgent: Int) async throws -> Duration {
        var start: ContinuousClock.Instant?
        let total = agents * tasksPerAgent
        let acknowledgements = AsyncStream.makeStream(of: Mesos_V1_TaskStatus.self)
        var accepted = 0
        var running = 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.acknowledge(acknowledgements.stream) }
            var records = RecordIODecoder(maximumRecordLength: 64 << 20)
            var chunks = stream.body.makeAsyncIterator()
            reading: while let chunk = try await chunks.next() {
                records.append(Array(chunk.readableBytesView))
                while let record = try records.next() {
                    let event = try Mesos_V1_Scheduler_Event(serializedBytes: record)
                    switch event.type {
                    case .subscribed: framework.withLock { $0 = event.subscribed.frameworkID }
                    case .offers where accepted < agents:
                        start = start ?? .now
                        let offers = event.offers.offers.prefix(agents - accepted)
                        for part in stride(from: 0, to: offers.count, by: 64) {
                            let slice = Array(offers.dropFirst(part).prefix(64))
                            group.addTask { for offer in slice { try await self.accept(offer, tasksPerAgent) } }
                        }
                        accepted += offers.count
                    case .update:
                        running += 1
                        acknowledgements.continuation.yield(event.update.status)
                        if running == total { break reading }
                    default: break
                    }
                }
            }
            acknowledgements.continuation.finish()
            // The stream stays open until here: an acknowledgement without a subscription is refused.
            try await group.waitForAll()
            _ = chunks
        }
        return .now - (start ?? .now)
    }

    private func acknowledge(_ statuses: AsyncStream<Mesos_V1_TaskStatus>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var pending = 0
            for await status in statuses {
                group.addTask {
                    try await self.post(
                        .with {
                            $0.type = .acknowledge
                            $0.acknowledge.agentID = status.agentID
                            $0.acknowledge.taskID = status.taskID
                            $0.acknowledge.uuid = status.uuid
                        }
                    )
                }
                pending += 1
                if pending >= 32 {
                    try await group.next()
                    pending -= 1
                }
            }
            try await group.waitForAll()
        }
    }

    private func accept(_ offer: Mesos_V1_Offer, _ count: Int) async throws {
        try await post(
            .with {
                $0.type = .accept
                $0.accept.offerIds = [offer.id]
                $0.accept.filters.refuseSeconds = 3_600
                $0.accept.operations = [
                    .with {
                        $0.type = .launch
                        $0.launch.taskInfos = (0..<count).map { number in
                            .with {
                                $0.name = "task"
                                $0.taskID.value = "\(offer.id.value)-\(number)"
                                $0.agentID = offer.agentID
                                $0.command.value = "true"
                                $0.resources = [scalar("cpus", 0.1), scalar("mem", 32)]
                            }
                        }
                    }
                ]
            }
        )
    }

    private func post(_ call: Mesos_V1_Scheduler_Call) async throws {
        var call = call
        call.frameworkID = framework.withLock { $0 }
        let response = try await http.execute(Self.request(url, call, streamID), timeout: .seconds(60))
        guard response.status == .accepted else {
            throw OperatorClient.Refused(status: response.status.code, text: String(buffer: try await response.body.collect(upTo: 1 << 16)))
        }
    }

    private static func request(_ url: String, _ call: Mesos_V1_Scheduler_Call, _ streamID: String?) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = ["Content-Type": "application/x-protobuf", "Accept": "application/x-protobuf"]
        if let streamID { request.headers.add(name: "Mesos-Stream-Id", value: streamID) }
        let body: [UInt8] = try call.serializedBytes()
        request.body = .bytes(body)
        return request
    }
}
