import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Synchronization
import TestSupport
import TranscriptTesting

/// Sends what a recorded client sent, to master and agent of one machine.
final class Client: Sendable {
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    let events = Mutex(Events())

    /// Follows nowhere: a redirect is an answer to compare.
    private static let http = HTTPClient(configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))

    private let local: AgoraLocal
    private let tokens = Mutex<[String]>([])

    var masterPort: Int { local.masterPort }

    init(_ local: AgoraLocal) {
        self.local = local
    }

    /// The `Mesos-Stream-Id` of the newest stream, and of the first.
    var token: String { tokens.withLock { $0.last } ?? "none" }
    var firstToken: String { tokens.withLock { $0.first } ?? "none" }

    /// Sends one request; what opens a stream is read on until it ends.
    func send(_ exchange: Recording.Exchange, headers: [(name: String, value: String)], body: [UInt8]) async throws -> Answer {
        let words = exchange.request.split(separator: " ")
        let port = words[0] == "master" ? local.masterPort : local.agentPort
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(words[2])")
        request.method = HTTPMethod(rawValue: String(words[1]))
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if request.method == .POST { request.body = .bytes(body) }
        let response = try await Self.http.execute(request, deadline: .distantFuture)
        // The output of a container may never end, and nothing of it was recorded: it is let go.
        if response.headers.first(name: "Content-Type") == "application/recordio" {
            return Answer(status: Int(response.status.code), headers: response.headers, body: "")
        }
        guard let token = response.headers.first(name: "Mesos-Stream-Id") else {
            let answer = try await response.body.collect(upTo: 16 << 20)
            return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: answer))
        }
        tokens.withLock { $0.append(token) }
        Task { try await read(response.body, token) }
        return Answer(status: Int(response.status.code), headers: response.headers, body: "")
    }

    private func read(_ body: HTTPClientResponse.Body, _ token: String) async throws {
        var pending = ByteBuffer()
        for try await chunk in body {
            pending.writeImmutableBuffer(chunk)
            while let record = Self.nextRecord(&pending) {
                let event = try RecordedJSON(record)
                events.withLock { $0.add(event) }
                try await acknowledge(event, token)
            }
        }
    }

    /// A decimal length, a line feed, and so many bytes.
    private static func nextRecord(_ buffer: inout ByteBuffer) -> String? {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let length = Int(String(decoding: buffer.readableBytesView[..<end], as: UTF8.self)),
            buffer.readableBytes >= end - buffer.readerIndex + 1 + length
        else { return nil }
        buffer.moveReaderIndex(to: end + 1)
        return buffer.readString(length: length)
    }

    /// As the recorded client did with every update that has a uuid.
    private func acknowledge(_ event: RecordedJSON, _ token: String) async throws {
        guard let status = event["update"]?["status"], let uuid = status.text("uuid"), let agent = status.text("agent_id", "value"),
            let task = status.text("task_id", "value"), let framework = events.withLock({ $0.framework })
        else { return }
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(local.masterPort)/api/v1/scheduler")
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "Mesos-Stream-Id": token]
        let body: [String: Any] = [
            "type": "ACKNOWLEDGE", "framework_id": ["value": framework],
            "acknowledge": ["agent_id": ["value": agent], "task_id": ["value": task], "uuid": uuid],
        ]
        request.body = .bytes(ByteBuffer(data: try JSONSerialization.data(withJSONObject: body)))
        _ = try await Self.http.execute(request, timeout: .seconds(20)).body.collect(upTo: 1 << 20)
    }
}
