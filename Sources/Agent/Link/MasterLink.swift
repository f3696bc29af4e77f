import AgentCore
import AsyncHTTPClient
import Logging
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The connections to the master: one stream of events at a time, and calls beside it.
///
/// It decides nothing: it dials when it is told to and reports what comes.
final class MasterLink: Sendable {
    private struct Connection {
        let number: UInt64
        let queue: CallQueue
        let task: Task<Void, Never>
    }

    private let address: String
    private let client: HTTPClient
    private let report: @Sendable (AgentInput) -> Void
    private let logger: Logger
    private let current = Mutex<Connection?>(nil)

    /// - Parameters:
    ///   - address: the master's, as "HOST:PORT".
    ///   - report: called with events and losses, from any thread.
    init(address: String, logger: Logger, report: @escaping @Sendable (AgentInput) -> Void) {
        self.address = address
        self.report = report
        self.logger = logger
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }

    /// Leaves the former connection and dials anew.
    func connect(_ number: UInt64, _ call: Agora_V1_AgentCall) {
        let queue = CallQueue()
        let task = Task { [self] in
            let reason = await run(number, call, queue)
            queue.finish()
            report(.linkLost(connection: number, reason: reason))
        }
        replace(Connection(number: number, queue: queue, task: task))?.task.cancel()
    }

    /// Sends a call on the connection if it is still there.
    func send(_ number: UInt64, _ call: Agora_V1_AgentCall) {
        let connection = current.withLock { $0 }
        guard let connection, connection.number == number else { return }
        if !connection.queue.add(call) { connection.task.cancel() }
    }

    func disconnect(_ number: UInt64) {
        let connection = current.withLock { $0?.number == number ? $0 : nil }
        connection?.task.cancel()
    }

    /// Sends what waits, at most for `timeout`, and closes everything.
    func close(timeout: Duration) async {
        if let connection = replace(nil) {
            connection.queue.finish()
            let timer = Task {
                try? await Task.sleep(for: timeout)
                connection.task.cancel()
            }
            await connection.task.value
            timer.cancel()
        }
        try? await client.shutdown()
    }

    private func replace(_ new: Connection?) -> Connection? {
        current.withLock { current in
            defer { current = new }
            return current
        }
    }

    /// Returns why the connection ended.
    private func run(_ number: UInt64, _ call: Agora_V1_AgentCall, _ queue: CallQueue) async -> String {
        do {
            let (exchange, body) = try await subscribe(call)
            return try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { try await self.receive(body, number) }
                group.addTask { try await self.deliver(queue, exchange) }
                let first = try await group.next()
                group.cancelAll()
                return first ?? "it closed the stream"
            }
        } catch let error as LinkError {
            return error.description
        } catch {
            return "\(address): \(error)"
        }
    }

    private func receive(_ body: HTTPClientResponse.Body, _ number: UInt64) async throws -> String {
        var decoder = RecordIODecoder(maximumRecordLength: Self.maximumEventBytes)
        for try await chunk in body {
            decoder.append(chunk.readableBytesView)
            while let record = try decoder.next() {
                report(.event(connection: number, try MessageEncoding.protobuf.decode(Agora_V1_AgentEvent.self, from: record)))
            }
        }
        return "it closed the stream"
    }

    private func deliver(_ queue: CallQueue, _ exchange: LinkExchange) async throws -> String {
        while let calls = await queue.next() {
            for call in calls { try await exchange.send(call) }
        }
        return "the agent closed the connection"
    }

    /// Dials, and follows to the leading master where another one says so.
    private func subscribe(_ call: Agora_V1_AgentCall) async throws -> (LinkExchange, HTTPClientResponse.Body) {
        var exchange = LinkExchange(client: client, address: address)
        for _ in 0...Self.maximumRedirects {
            let response = try await exchange.post(call)
            switch response.status.code {
            case 200:
                exchange.streamID = response.headers.first(name: "Mesos-Stream-Id")
                return (exchange, response.body)
            case 307:
                guard let leader = response.headers.first(name: "Location").flatMap(LinkExchange.authority(of:)) else {
                    throw LinkError("\(exchange.address) redirects to nowhere")
                }
                exchange.address = leader
            default:
                throw await exchange.refusal(response)
            }
        }
        throw LinkError("the masters redirect to each other")
    }

    private static let maximumRedirects = 5
    /// A launch with all its tasks is one event.
    private static let maximumEventBytes = 64 << 20
}
