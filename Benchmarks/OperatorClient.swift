import AsyncHTTPClient
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// Calls of the agent's or the master's HTTP API, as any client makes them: protobuf bodies over kept connections.
struct OperatorClient {
    let http: HTTPClient
    let base: String

    struct Refused: Error { let status: UInt, text: String }

    init(_ http: HTTPClient, port: Int) {
        self.http = http
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

    func launch(_ id: Mesos_V1_ContainerID, _ command: [String]) async throws {
        var call = Mesos_V1_Agent_Call()
        call.type = .launchContainer
        call.launchContainer.containerID = id
        call.launchContainer.command.shell = false
        call.launchContainer.command.value = command[0]
        call.launchContainer.command.arguments = command
        try await post(call)
    }

    func wait(_ id: Mesos_V1_ContainerID) async throws {
        var call = Mesos_V1_Agent_Call()
        call.type = .waitContainer
        call.waitContainer.containerID = id
        try await post(call)
    }

    func kill(_ id: Mesos_V1_ContainerID) async throws {
        var call = Mesos_V1_Agent_Call()
        call.type = .killContainer
        call.killContainer.containerID = id
        try await post(call)
    }

    func remove(_ id: Mesos_V1_ContainerID) async throws {
        var call = Mesos_V1_Agent_Call()
        call.type = .removeContainer
        call.removeContainer.containerID = id
        try await post(call)
    }
}

/// A container id from its names, the root's first.
func containerID(_ path: String...) -> Mesos_V1_ContainerID {
    path.dropFirst().reduce(into: Mesos_V1_ContainerID.with { $0.value = path[0] }) { id, name in
        let parent = id
        id = .with {
            $0.parent = parent
            $0.value = name
        }
    }
}
