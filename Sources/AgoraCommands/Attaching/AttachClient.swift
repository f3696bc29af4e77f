import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// The calls of an agent by which a program's input and output travel.
struct AttachClient: Sendable {
    typealias Record = Mesos_V1_Agent_ProcessIO

    let connection: Connection
    let agent: Endpoint

    private static let longestRecord = 16 << 20

    /// Starts a program beside those of a container; its output is the answer.
    func launchSession(_ session: Mesos_V1_Agent_Call.LaunchNestedContainerSession) async throws(ClientError) -> HTTPClientResponse {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .launchNestedContainerSession
            $0.launchNestedContainerSession = session
        }
        return try await open(call, "run a command in container \(session.containerID.parent.words)")
    }

    /// The output of a container from now on, or some part of what is kept of it as well.
    func output(of container: Mesos_V1_ContainerID, from part: OutputPart?) async throws(ClientError) -> HTTPClientResponse {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .attachContainerOutput
            $0.attachContainerOutput.containerID = container
        }
        let from = part.map { $0 == .all ? "start" : $0.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ";") }
        return try await open(call, "attach to container \(container.words)", headers: from.map { [("Agora-Output-From", $0)] } ?? [])
    }

    /// How many bytes of a file are kept that stand before the part in such an answer.
    static func skipped(_ file: String, in response: HTTPClientResponse) -> UInt64 {
        let counts = response.headers["Agora-Output-Skipped"].first?.split(separator: ";") ?? []
        return counts.compactMap { $0.hasPrefix("\(file)=") ? UInt64($0.dropFirst(file.count + 1)) : nil }.first ?? 0
    }

    private func open(
        _ call: Mesos_V1_Agent_Call,
        _ operation: String,
        headers: [(String, String)] = []
    ) async throws(ClientError) -> HTTPClientResponse {
        let response = try await connection.post(
            call,
            to: .agent(agent),
            path: "/api/v1",
            headers: headers,
            operation: operation,
            deadline: .distantFuture
        )
        guard response.status == .ok else { throw broken(operation, "there is a container of that name already") }
        return response
    }

    /// Hands on what a program writes, until it writes no more or nobody wants it.
    func receive(
        _ response: HTTPClientResponse,
        _ deliver: (_ bytes: [UInt8], _ isError: Bool) async -> Bool
    ) async throws(ClientError) {
        var decoder = RecordIODecoder(maximumRecordLength: Self.longestRecord)
        do {
            for try await buffer in response.body {
                decoder.append(buffer.readableBytesView)
                while let bytes = try decoder.next() {
                    let record = try MessageEncoding.protobuf.decode(Record.self, from: bytes)
                    guard record.type == .data else { continue }
                    guard await deliver(Array(record.data.data), record.data.type == .stderr) else { return }
                }
            }
        } catch {
            throw broken("read the output of a container", "\(error)")
        }
    }

    /// Sends records for a container's input until they end; returns when the agent has taken all, or takes no more.
    func send(_ records: Handover<Mesos_V1_Agent_Call.AttachContainerInput>, to container: Mesos_V1_ContainerID) async throws(ClientError) {
        let operation = "attach to the input of container \(container.words)"
        var request = HTTPClientRequest(url: agent.url("/api/v1"))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: Negotiation.recordIO)
        request.headers.add(name: "Message-Content-Type", value: MessageEncoding.protobuf.mediaType)
        let body = records.map { record in
            let call = Mesos_V1_Agent_Call.with {
                $0.type = .attachContainerInput
                $0.attachContainerInput = record
            }
            return ByteBuffer(bytes: RecordIO.frame(MessageEncoding.protobuf.encode(call)))
        }
        request.body = .stream(body, length: .unknown)
        let response: HTTPClientResponse
        do {
            response = try await connection.client.execute(request, deadline: .distantFuture)
        } catch {
            throw broken(operation, "\(error)")
        }
        guard response.status == .ok else {
            throw await connection.refusal(response, peer: .agent(agent), operation: operation)
        }
    }

    /// The status of a container's program, as wait(2) has it, once it has ended; nothing if nobody knows it.
    func status(of container: Mesos_V1_ContainerID) async throws(ClientError) -> Int32? {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .waitContainer
            $0.waitContainer.containerID = container
        }
        do {
            let answer = try await connection.call(
                call,
                to: .agent(agent),
                operation: "wait for container \(container.words)",
                answer: Mesos_V1_Agent_Response.self,
                deadline: .distantFuture
            )
            return answer.waitContainer.hasExitStatus ? answer.waitContainer.exitStatus : nil
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    /// Forgets an ended session.
    func remove(_ container: Mesos_V1_ContainerID) async throws(ClientError) {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .removeContainer
            $0.removeContainer.containerID = container
        }
        try await connection.tell(call, to: .agent(agent), operation: "remove container \(container.words)")
    }

    private func broken(_ operation: String, _ reason: String) -> ClientError {
        ClientError(peer: .agent(agent), operation: operation, cause: .broken(reason))
    }
}

extension Mesos_V1_ContainerID {
    /// The names from the outermost on, with dots between, as people write it.
    var words: String { hasParent ? "\(parent.words).\(value)" : value }

    /// Reads such a text.
    init?(words: String) {
        let parts = words.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init()
        var id = Mesos_V1_ContainerID()
        for (depth, part) in parts.enumerated() {
            var inner = Mesos_V1_ContainerID()
            inner.value = String(part)
            if depth > 0 { inner.parent = id }
            id = inner
        }
        self = id
    }

    func child(_ name: String) -> Mesos_V1_ContainerID {
        .with {
            $0.value = name
            $0.parent = self
        }
    }
}
