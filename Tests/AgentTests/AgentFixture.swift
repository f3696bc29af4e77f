import Agent
import AsyncHTTPClient
import Cluster
import Foundation
import Logging
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import SwiftProtobuf
import TestSupport

/// An agent in this process with a master of the test's, and a client; nothing is left of them afterwards.
struct AgentFixture: Sendable {
    let master: FakeMaster
    let workDirectory: String
    let port: Int

    /// How long a test waits for what must happen.
    static let patience = Duration.seconds(20)

    /// Runs `body` with an agent that has subscribed.
    static func run(
        _ change: (inout AgentConfiguration) -> Void = { _ in },
        _ body: @Sendable (AgentFixture) async throws -> Void
    ) async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await runAgent(master, directory.path, destroys: true, change, body)
            await master.stop()
        }
    }

    /// Runs one life of an agent in a folder; a later life finds what this one left.
    static func runAgent(
        _ master: FakeMaster,
        _ workDirectory: String,
        destroys: Bool,
        _ change: (inout AgentConfiguration) -> Void = { _ in },
        _ body: @Sendable (AgentFixture) async throws -> Void
    ) async throws {
        var configuration = AgentConfiguration(masterAddress: master.address, workDirectory: workDirectory)
        configuration.port = 0
        configuration.resources = try Resources.parse("cpus:4;mem:4096;disk:1000;ports:[31000-32000]")
        configuration.destroysContainersAtEnd = destroys
        change(&configuration)
        let agent = Agent(configuration: configuration, logger: Logger(label: "test.agent") { _ in SwiftLogNoOpLogHandler() })
        let subscriptions = master.subscriptions.count
        try await withThrowingTaskGroup(of: Void.self) { group in
            let service = Task { try await agent.run() }
            group.addTask { try await service.value }
            do {
                guard let port = await agent.boundPort() else {
                    try await service.value
                    throw FixtureError("the agent ended before it listened")
                }
                let isUp = await eventually(within: patience) { master.subscriptions.count > subscriptions }
                guard isUp else { throw FixtureError("the agent did not subscribe") }
                try await body(AgentFixture(master: master, workDirectory: workDirectory, port: port))
                service.cancel()
            } catch {
                service.cancel()
                _ = try? await service.value
                throw error
            }
            try await group.waitForAll()
        }
    }

    struct FixtureError: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    // MARK: The operator's side

    /// A call in JSON; the status and the body.
    func post(_ json: String, headers: [(String, String)] = [("Content-Type", "application/json")]) async throws -> (Int, String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1")
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: json))
        return try await execute(request)
    }

    func get(_ path: String) async throws -> (Int, String) {
        try await execute(HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)"))
    }

    private func execute(_ request: HTTPClientRequest) async throws -> (Int, String) {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 64 << 20)
        return (Int(response.status.code), String(buffer: body))
    }

    /// A container's id as JSON, outermost first.
    static func id(_ path: [String]) -> String {
        path.reduce("") { parent, value in
            parent.isEmpty ? "{\"value\":\"\(value)\"}" : "{\"value\":\"\(value)\",\"parent\":\(parent)}"
        }
    }

    @discardableResult
    func launch(_ path: [String], _ command: String, more: String = "") async throws -> (Int, String) {
        let command = String(decoding: try JSONEncoder().encode(command), as: UTF8.self)
        return try await post(
            """
            {"type":"LAUNCH_CONTAINER","launch_container":{"container_id":\(Self.id(path)),
            "command":{"shell":true,"value":\(command)}\(more)}}
            """
        )
    }

    func wait(_ path: [String]) async throws -> (Int, String) {
        try await post("{\"type\":\"WAIT_CONTAINER\",\"wait_container\":{\"container_id\":\(Self.id(path))}}")
    }

    func kill(_ path: [String], signal: Int? = nil) async throws -> Int {
        let signal = signal.map { ",\"signal\":\($0)" } ?? ""
        return try await post("{\"type\":\"KILL_CONTAINER\",\"kill_container\":{\"container_id\":\(Self.id(path))\(signal)}}").0
    }

    func remove(_ path: [String]) async throws -> Int {
        try await post("{\"type\":\"REMOVE_CONTAINER\",\"remove_container\":{\"container_id\":\(Self.id(path))}}").0
    }

    // MARK: The framework's side

    func launch(_ tasks: [Mesos_V1_TaskInfo]) {
        master.send(.launch) {
            $0.launch.framework = .sample
            $0.launch.tasks = tasks
        }
    }

    func launchGroup(_ tasks: [Mesos_V1_TaskInfo], executor: String = "pod") {
        master.send(.launch) { event in
            event.launch.framework = .sample
            event.launch.executor.executorID.value = executor
            event.launch.executor.type = .default
            event.launch.executor.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
            event.launch.tasks = tasks
            event.launch.isGroup = true
        }
    }

    func killTask(_ task: String, graceSeconds: Int64? = nil) {
        master.send(.kill) { event in
            event.kill.frameworkID.value = "framework"
            event.kill.taskID.value = task
            if let graceSeconds { event.kill.killPolicy.gracePeriod.nanoseconds = graceSeconds * 1_000_000_000 }
        }
    }

    /// Whether the task comes to the state in time.
    func reaches(_ task: String, _ state: Mesos_V1_TaskState) async -> Bool {
        await eventually(within: Self.patience) { master.states(task).contains(state) }
    }

    /// The sandbox of a task of its own.
    func sandbox(_ task: String) -> String {
        "\(workDirectory)/slaves/\(FakeMaster.agentID)/frameworks/framework/executors/\(task)/runs/latest"
    }

    func output(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}

extension Mesos_V1_FrameworkInfo {
    static var sample: Self {
        .with { info in
            info.id.value = "framework"
            info.user = "root"
            info.name = "test"
            info.capabilities = [.with { $0.type = .partitionAware }, .with { $0.type = .taskKillingState }]
        }
    }
}

extension Mesos_V1_TaskInfo {
    static func sample(_ id: String, _ command: String, _ change: (inout Mesos_V1_TaskInfo) -> Void = { _ in }) -> Self {
        .with { task in
            task.name = id
            task.taskID.value = id
            task.agentID.value = FakeMaster.agentID
            task.command.value = command
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
            resource.allocationInfo.role = "eng"
        }
    }
}
