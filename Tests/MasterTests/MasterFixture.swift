import AsyncHTTPClient
import Foundation
import Logging
import Master
import MesosAPI
import NIOCore
import NIOHTTP1
import Testing

/// Runs `body` against a master on a free port, and stops the master whatever happens.
func withMaster(
    _ change: (inout MasterConfiguration) -> Void = { _ in },
    _ body: (MasterClient) async throws -> Void
) async throws {
    var configuration = MasterConfiguration(port: 0)
    change(&configuration)
    let master = Master(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let port = try await master.start()
    do {
        try await body(MasterClient(port: port))
    } catch {
        await master.shutdown()
        throw error
    }
    await master.shutdown()
}

/// An answer, read to its end.
struct Answer {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any], "\(text)")
    }
}

/// Speaks HTTP to one master.
struct MasterClient {
    let port: Int

    private static let deadline: TimeAmount = .seconds(20)

    func send(_ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request(method, path, headers, body), timeout: Self.deadline)
        let bytes = try await response.body.collect(upTo: 64 * 1024 * 1024)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            body: Array(bytes.readableBytesView)
        )
    }

    /// GETs by a client that shows redirections as they are.
    func sendWithoutFollowing(_ path: String) async throws -> Answer {
        let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
        let response = try await client.execute(request("GET", path, [], []), timeout: Self.deadline)
        try await client.shutdown()
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            body: []
        )
    }

    /// POSTs JSON and wants JSON.
    func post(_ path: String, _ json: String, headers: [(String, String)] = []) async throws -> Answer {
        try await send(
            "POST",
            path,
            headers: [("Content-Type", "application/json"), ("Accept", "application/json")] + headers,
            body: Array(json.utf8)
        )
    }

    /// Opens an event stream.
    func open(_ path: String, _ json: String, accept: String = "application/json") async throws -> EventReader {
        let headers = [("Content-Type", "application/json"), ("Accept", accept)]
        let response = try await HTTPClient.shared.execute(request("POST", path, headers, Array(json.utf8)), deadline: .distantFuture)
        return EventReader(response)
    }

    private func request(_ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(body) }
        return request
    }
}

/// Reads the records of one event stream.
final class EventReader: Sendable {
    let status: Int
    let contentType: String
    let token: String

    private let records: AsyncStream<[UInt8]>
    private let reading: Task<Void, Never>

    init(_ response: HTTPClientResponse) {
        status = Int(response.status.code)
        contentType = response.headers.first(name: "Content-Type") ?? ""
        token = response.headers.first(name: "Mesos-Stream-Id") ?? ""
        let (records, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        self.records = records
        let body = response.body
        reading = Task {
            var decoder = RecordIODecoder(maximumRecordLength: 64 * 1024 * 1024)
            do {
                for try await chunk in body {
                    decoder.append(chunk.readableBytesView)
                    while let record = try decoder.next() { continuation.yield(record) }
                }
            } catch {}
            continuation.finish()
        }
    }

    deinit { reading.cancel() }

    /// All records, heartbeats included.
    var allRecords: AsyncStream<[UInt8]> { records }

    /// Closes the connection.
    func close() {
        reading.cancel()
    }

    /// The next record that is no heartbeat; nil at the stream's end. Fails after a while.
    func next() async throws -> [UInt8]? {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { [records] in
                for await record in records where !String(decoding: record, as: UTF8.self).contains("HEARTBEAT") { return record }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(20))
                throw Failure("no event within 20 s")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// The next event as a JSON object.
    func event() async throws -> [String: Any] {
        let record = try #require(try await next(), "the stream ended")
        return try #require(try JSONSerialization.jsonObject(with: Data(record)) as? [String: Any])
    }

    /// The next event of a type, those before it passed over.
    func event(_ type: String) async throws -> [String: Any] {
        while true {
            let event = try await event()
            if event["type"] as? String == type { return event }
        }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Walks into parsed JSON by keys and indices.
func at(_ value: Any?, _ path: String...) -> Any? {
    path.reduce(value) { value, step in
        if let index = Int(step) { return (value as? [Any]).flatMap { $0.indices.contains(index) ? $0[index] : nil } }
        return (value as? [String: Any])?[step]
    }
}

func text(_ value: Any?) throws -> String {
    try #require(value as? String, "\(String(describing: value))")
}
