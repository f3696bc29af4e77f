import AsyncHTTPClient
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// Calls of the agent's or the master's HTTP API, as any client makes them: protobuf bodies over kept connections.
struct OperatorClient {
    let http: HTTPClient
    let port: Int
    let base: String

    struct Refused: Error { let status: UInt, text: String }

    init(_ http: HTTPClient, port: Int) {
        self.http = http
        self.port = port
        base = "http://127.0.0.1:\(port)"
    }

    /// Waits until the server answers its health check.
    func waitUntilHealthy(for patience: Duration = .seconds(20)) async throws {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                if try await http.get(url: base + "/health").get().status == .ok { return }
            } catch  where ContinuousClock.now < deadline {}
            guard ContinuousClock.now < deadline else { throw Refused(status: 0, text: "\(base) did not become healthy") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @discardableResult
    func post(_ message: some SwiftProtobuf.Message, to path: String = "/api/v1") async throws -> ByteBuffer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers = ["Content-Type": "application/x-protobuf", "Accept": "application/x-protobuf"]
        let body: [UInt8] = try message.serializedBytes()
        request.body = .bytes(body)
        let response = try await http.execute(request, timeout: .seconds(120))
        let answer = try await response.body.collect(upTo: 64 << 20)
        guard response.status.code < 300 else { throw Refused(status: response.status.code, text: String(buffer: answer)) }
        return answer
    }

    func launch(_ id: Mesos_V1_ContainerID, _ command: [String]) async throws { try await post(Mesos_V1_Agent_Call.launch(id, command)) }

    func wait(_ id: Mesos_V1_ContainerID) async throws { try await post(Mesos_V1_Agent_Call.wait(id)) }

    func kill(_ id: Mesos_V1_ContainerID) async throws { try await post(Mesos_V1_Agent_Call.kill(id)) }

    func remove(_ id: Mesos_V1_ContainerID) async throws { try await post(Mesos_V1_Agent_Call.remove(id)) }

    /// All containers that run.
    func containers() async throws -> [Mesos_V1_Agent_Response.GetContainers.Container] {
        let bytes = try await post(Mesos_V1_Agent_Call.list()).readableBytesView
        return try Mesos_V1_Agent_Response(serializedBytes: Array(bytes)).getContainers.containers
    }
}
