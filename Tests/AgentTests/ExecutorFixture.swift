import Agent
import AsyncHTTPClient
import Foundation
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf
import TestSupport
import Testing

/// Custom executors: the example of this repository, and the test itself in the place of one.
extension AgentFixture {
    static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The example, as its container starts it.
    static var example: String { "exec /usr/bin/python3 -B \(repository.path)/examples/executor.py" }

    /// The example with another manner.
    static func example(but change: String) -> String {
        "exec /usr/bin/python3 -B -c 'import sys; sys.path.insert(0, \"\(repository.path)/examples\"); import executor; \(change); executor.main()'"
    }

    /// Launches tasks for a custom executor; each is a command line by its id.
    func launchCustom(
        _ tasks: KeyValuePairs<String, String>,
        executor: String = "exec",
        command: String,
        isGroup: Bool = false,
        checkpoint: Bool = false,
        _ change: (inout Mesos_V1_ExecutorInfo) -> Void = { _ in }
    ) {
        master.send(.launch) { event in
            event.launch.framework = .sample
            event.launch.framework.checkpoint = checkpoint
            event.launch.executor.executorID.value = executor
            event.launch.executor.type = .custom
            event.launch.executor.command.value = "env -0 > new; mv new environment; \(command)"
            event.launch.executor.resources = [.scalar("cpus", 0.1), .scalar("mem", 128)]
            change(&event.launch.executor)
            event.launch.tasks = tasks.map { id, line in
                .with { task in
                    task.name = id
                    task.taskID.value = id
                    task.agentID.value = FakeMaster.agentID
                    task.data = Data(line.utf8)
                    task.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
                }
            }
            event.launch.isGroup = isGroup
        }
    }

    func shutdownExecutor(_ executor: String = "exec") {
        master.send(.shutdownExecutor) {
            $0.shutdownExecutor.frameworkID.value = "framework"
            $0.shutdownExecutor.executorID.value = executor
        }
    }

    func sendMessage(_ data: Data, to executor: String = "exec") {
        master.send(.message) {
            $0.message.frameworkID.value = "framework"
            $0.message.executorID.value = executor
            $0.message.data = data
        }
    }

    // MARK: The test in the place of an executor

    /// The environment of an executor's program, as it wrote it down before it began.
    func environment(_ executor: String = "exec") async throws -> [String: String] {
        let path = "\(sandbox(executor))/environment"
        guard await eventually(within: Self.patience, { FileManager.default.fileExists(atPath: path) }) else {
            throw FixtureError("the executor \(executor) does not run")
        }
        var variables: [String: String] = [:]
        for line in output(path).split(separator: "\0") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        return variables
    }

    /// The status and text that a call of the executor API is answered with.
    func executorCall(
        _ body: String,
        token: String? = nil,
        path: String = "/api/v1/executor",
        contentType: String = "application/json"
    ) async throws -> (Int, String) {
        let response = try await executorRequest(Data(body.utf8), token: token, path: path, contentType: contentType)
        if response.status == .ok { return (200, "") }
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    func executorRequest(
        _ body: Data,
        token: String? = nil,
        path: String = "/api/v1/executor",
        contentType: String = "application/json"
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: contentType)
        request.headers.add(name: "Accept", value: contentType)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }

    static func call(_ type: String, executor: String = "exec", _ more: String = "") -> String {
        """
        {"type":"\(type)","framework_id":{"value":"framework"},"executor_id":{"value":"\(executor)"}\(more)}
        """
    }

    static let subscribe = call("SUBSCRIBE", ",\"subscribe\":{}")

    static func update(_ task: String, _ state: String) -> String {
        let uuid = withUnsafeBytes(of: UUID().uuid) { Data($0) }.base64EncodedString()
        return call(
            "UPDATE",
            """
            ,"update":{"status":{"task_id":{"value":"\(task)"},"state":"\(state)","source":"SOURCE_EXECUTOR","uuid":"\(uuid)"}}
            """
        )
    }
}

/// The events of a stream as they come.
struct ExecutorEvents {
    private var decoder = RecordIODecoder(maximumRecordLength: 64 << 20)
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private let encoding: MessageEncoding

    init(_ response: HTTPClientResponse, _ encoding: MessageEncoding = .json) {
        iterator = response.body.makeAsyncIterator()
        self.encoding = encoding
    }

    /// Nothing when the stream has ended.
    mutating func next() async throws -> Mesos_V1_Executor_Event? {
        while true {
            if let record = try decoder.next() { return try encoding.decode(Mesos_V1_Executor_Event.self, from: record) }
            guard let chunk = try await iterator.next() else { return nil }
            decoder.append(chunk.readableBytesView)
        }
    }
}
