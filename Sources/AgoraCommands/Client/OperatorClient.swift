import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore

/// The operator API of a master, as far as commands change something by it or watch the cluster.
struct OperatorClient: Sendable {
    /// Bytes of the longest event that is taken: the first holds the state of a whole cluster.
    static let maximumEvent = 512 * 1024 * 1024

    let connection: Connection
    let master: Endpoint

    /// Sends a call whose answer says nothing but that it was carried out.
    func change(_ operation: String, _ fill: (inout Mesos_V1_Master_Call) -> Void) async throws(ClientError) {
        var call = Mesos_V1_Master_Call()
        fill(&call)
        try await connection.tell(call, to: .master(master), operation: operation)
    }

    /// Ends all of a framework, and forgets it.
    func tearDown(_ framework: String) async throws(ClientError) {
        try await change("tear \(framework) down") { call in
            call.type = .teardown
            call.teardown.frameworkID.value = framework
        }
    }

    /// Hands every change of the cluster to `deliver`, the state first, until the stream ends.
    func watch(deliver: (Mesos_V1_Master_Event) async -> Bool) async throws(ClientError) {
        var call = Mesos_V1_Master_Call()
        call.type = .subscribe
        let response = try await connection.post(
            call,
            to: .master(master),
            path: "/api/v1",
            operation: Self.watching,
            deadline: .distantFuture
        )
        var decoder = RecordIODecoder(maximumRecordLength: Self.maximumEvent)
        do {
            for try await buffer in response.body {
                decoder.append(buffer.readableBytesView)
                while let event = try next(from: &decoder) {
                    guard await deliver(event) else { return }
                }
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(peer: .master(master), operation: Self.watching, cause: .ended("\(error)"))
        }
    }

    private func next(from decoder: inout RecordIODecoder) throws(ClientError) -> Mesos_V1_Master_Event? {
        do {
            return try decoder.next().map { try MessageEncoding.protobuf.decode(Mesos_V1_Master_Event.self, from: $0) }
        } catch {
            throw ClientError(peer: .master(master), operation: Self.watching, cause: .broken("\(error)"))
        }
    }

    private static let watching = "watch the cluster"
}
