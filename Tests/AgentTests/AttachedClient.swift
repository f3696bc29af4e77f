import AsyncHTTPClient
import Foundation
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import Synchronization

/// The output of a container on its way to a client of the test's.
final class AttachedOutput: Sendable {
    typealias Record = Mesos_V1_Agent_ProcessIO

    let status: Int
    let contentType: String?
    let recordType: String?
    private let response: HTTPClientResponse
    private let encoding: MessageEncoding
    private let records: AsyncThrowingStream<Record, any Error>
    private let reading: Mutex<Task<Void, Never>?>

    init(_ response: HTTPClientResponse, _ encoding: MessageEncoding) {
        self.response = response
        self.encoding = encoding
        status = Int(response.status.code)
        contentType = response.headers.first(name: "Content-Type")
        recordType = response.headers.first(name: "Message-Content-Type")
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: Record.self)
        records = stream
        guard status == 200 else {
            reading = Mutex(nil)
            return
        }
        reading = Mutex(
            Task {
                do {
                    var decoder = RecordIODecoder(maximumRecordLength: 1 << 20)
                    for try await buffer in response.body {
                        decoder.append(buffer.readableBytesView)
                        while let record = try decoder.next() { continuation.yield(try encoding.decode(Record.self, from: record)) }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        )
    }

    /// The next record.
    func first() async throws -> Record? {
        for try await record in records { return record }
        return nil
    }

    /// All records until the end.
    func rest() async throws -> [Record] {
        var all: [Record] = []
        for try await record in records { all.append(record) }
        return all
    }

    func body() async throws -> String {
        String(buffer: try await response.body.collect(upTo: 1 << 20))
    }

    /// Goes before the end.
    func leave() {
        reading.withLock { $0?.cancel() }
    }
}

extension [Mesos_V1_Agent_ProcessIO] {
    func bytes(_ kind: Mesos_V1_Agent_ProcessIO.DataMessage.TypeEnum) -> Data {
        filter { $0.type == .data && $0.data.type == kind }.reduce(into: Data()) { $0 += $1.data.data }
    }

    func text(_ kind: Mesos_V1_Agent_ProcessIO.DataMessage.TypeEnum) -> String { String(decoding: bytes(kind), as: UTF8.self) }

    func count(_ kind: Mesos_V1_Agent_ProcessIO.DataMessage.TypeEnum) -> Int { bytes(kind).count }

    var hasHeartbeat: Bool { contains { $0.type == .control && $0.control.heartbeat.interval.nanoseconds == 30_000_000_000 } }
}

/// A record for a container's input.
enum InputPiece: Sendable {
    case text(String)
    case size(rows: UInt32, columns: UInt32)
    case heartbeat

    var message: Mesos_V1_Agent_ProcessIO {
        var message = Mesos_V1_Agent_ProcessIO()
        switch self {
        case .text(let text):
            message.type = .data
            message.data.type = .stdin
            message.data.data = Data(text.utf8)
        case .size(let rows, let columns):
            message.type = .control
            message.control.type = .ttyInfo
            message.control.ttyInfo.windowSize.rows = rows
            message.control.ttyInfo.windowSize.columns = columns
        case .heartbeat:
            message.type = .control
            message.control.type = .heartbeat
            message.control.heartbeat.interval.nanoseconds = 30_000_000_000
        }
        return message
    }
}

extension AgentFixture {
    /// Launches a session for a shell line.
    func session(_ path: [String], _ line: String, more: String = "", encoding: MessageEncoding = .json) async throws -> AttachedOutput {
        let command = String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
        return try await open(
            """
            {"type":"LAUNCH_NESTED_CONTAINER_SESSION","launch_nested_container_session":{"container_id":\(Self.id(path)),
            "command":{"shell":true,"value":\(command)}\(more)}}
            """,
            encoding
        )
    }

    func attach(_ path: [String], from start: String? = nil, encoding: MessageEncoding = .json) async throws -> AttachedOutput {
        let call = "{\"type\":\"ATTACH_CONTAINER_OUTPUT\",\"attach_container_output\":{\"container_id\":\(Self.id(path))}}"
        return try await open(call, encoding, headers: start.map { [("Agora-Output-From", $0)] } ?? [])
    }

    private func open(_ call: String, _ encoding: MessageEncoding, headers: [(String, String)] = []) async throws -> AttachedOutput {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1")
        request.method = .POST
        let usual = [("Content-Type", "application/json"), ("Accept", "application/recordio"), ("Message-Accept", encoding.mediaType)]
        for (name, value) in usual + headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: call))
        return AttachedOutput(try await HTTPClient.shared.execute(request, timeout: .seconds(60)), encoding)
    }

    /// Sends records for the input of a container, and ends the body after them unless it stays open.
    func input(
        _ path: [String],
        _ pieces: [InputPiece],
        encoding: MessageEncoding = .json,
        staysOpen: Bool = false
    ) async throws -> (Int, String) {
        let id = try MessageEncoding.json.decode(Mesos_V1_ContainerID.self, from: Array(Self.id(path).utf8))
        var first = Mesos_V1_Agent_Call.AttachContainerInput()
        first.type = .containerID
        first.containerID = id
        let rest = pieces.map { piece in
            var record = Mesos_V1_Agent_Call.AttachContainerInput()
            record.type = .processIo
            record.processIo = piece.message
            return record
        }
        let bytes = ([first] + rest).flatMap { record in
            var call = Mesos_V1_Agent_Call()
            call.type = .attachContainerInput
            call.attachContainerInput = record
            return RecordIO.frame(encoding.encode(call))
        }
        return try await input(raw: bytes, encoding: encoding, staysOpen: staysOpen)
    }

    func input(raw bytes: [UInt8], encoding: MessageEncoding = .json, staysOpen: Bool = false) async throws -> (Int, String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/recordio")
        request.headers.add(name: "Message-Content-Type", value: encoding.mediaType)
        let (body, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        continuation.yield(ByteBuffer(bytes: bytes))
        if !staysOpen { continuation.finish() }
        request.body = .stream(body, length: .unknown)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        defer { continuation.finish() }
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }
}
