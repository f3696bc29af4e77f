import Cluster
import Foundation
import HTTPService
import Logging
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Synchronization

@testable import AgoraCommands

/// A master and an agent that do what a test says: one HTTP server that answers scheduler calls and file reads.
final class FakeMaster: Sendable {
    /// What the test does with a call: events to send, or bytes, or the end of the stream.
    enum Answer: Sendable {
        case event(Mesos_V1_Scheduler_Event)
        /// An offer of an agent that listens where the master does.
        case offer
        case bytes([UInt8])
        case close
        /// Instead of 200 or 202.
        case refuse(Int, String)
        /// The answer to the call ends in the middle.
        case breakOff
    }

    private struct State {
        var calls: [Mesos_V1_Scheduler_Call] = []
        var stream: HTTPStream?
        var port = 0
        var files: [String: [UInt8]] = [:]
    }

    private let state = Mutex(State())
    private let answer: @Sendable (Mesos_V1_Scheduler_Call, Int) -> [Answer]

    /// - Parameter answer: to a call, given how many of its type came before.
    init(files: [String: String] = [:], answer: @escaping @Sendable (Mesos_V1_Scheduler_Call, Int) -> [Answer]) {
        self.answer = answer
        state.withLock { $0.files = files.mapValues { Array($0.utf8) } }
    }

    /// The calls that came.
    var calls: [Mesos_V1_Scheduler_Call] { state.withLock { $0.calls } }

    /// Serves while `body` runs.
    static func serve<Result>(_ master: FakeMaster, _ body: (Endpoint) async throws -> Result) async throws -> Result {
        var router = Router()
        router.on(.post, "/api/v1/scheduler") { request, responder in master.schedule(request, responder) }
        router.on(.post, "/api/v1") { request, responder in master.read(request, responder) }
        let server = try await HTTPServer.start(
            HTTPServerConfiguration(host: "127.0.0.1", port: 0),
            router: router,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        master.state.withLock { $0.port = server.port }
        do {
            let result = try await body(Endpoint(host: "127.0.0.1", port: server.port))
            await server.shutdown()
            return result
        } catch {
            await server.shutdown()
            throw error
        }
    }

    private func schedule(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let call = try? MessageEncoding.protobuf.decode(Mesos_V1_Scheduler_Call.self, from: request.bodyBytes) else {
            return responder.refuse(400, "not a call")
        }
        let count = state.withLock { state in
            defer { state.calls.append(call) }
            return state.calls.count { $0.type == call.type }
        }
        let answers = answer(call, count)
        if case .refuse(let status, let text)? = answers.first { return responder.refuse(status, text) }
        if call.type == .subscribe {
            let headers = [("Mesos-Stream-Id", "stream-\(count)"), ("Content-Type", "application/x-protobuf")]
            let stream = responder.stream(headers: headers, maximumBufferedBytes: 1 << 20) {}
            state.withLock { $0.stream = stream }
        } else if case .breakOff? = answers.first {
            _ = responder.stream(maximumBufferedBytes: 1) {}.write([1, 2, 3])
        } else {
            responder.respond(202)
        }
        for answer in answers { send(answer) }
    }

    private func send(_ answer: Answer) {
        let (stream, port) = state.withLock { ($0.stream, $0.port) }
        guard let stream else { return }
        switch answer {
        case .event(let event): _ = stream.write(RecordIO.frame(MessageEncoding.protobuf.encode(event)))
        case .offer: send(.event(Self.offer(port: Int32(port))))
        case .bytes(let bytes): _ = stream.write(bytes)
        case .close: stream.finish()
        case .refuse, .breakOff: break
        }
    }

    private static func offer(port: Int32) -> Mesos_V1_Scheduler_Event {
        .with { event in
            event.type = .offers
            event.offers.offers = [
                .with {
                    $0.id.value = "O"
                    $0.frameworkID.value = "F"
                    $0.agentID.value = "S"
                    $0.hostname = "box"
                    $0.resources = TaskNeeds(cpus: .init(thousandths: 4000), memory: .init(thousandths: 4_000_000), disk: .zero).resources
                    $0.url = .with { url in
                        url.scheme = "http"
                        url.address.ip = "127.0.0.1"
                        url.address.port = port
                    }
                }
            ]
        }
    }

    private func read(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let call = try? MessageEncoding.protobuf.decode(Mesos_V1_Agent_Call.self, from: request.bodyBytes) else {
            return responder.refuse(400, "not a call")
        }
        guard let file = state.withLock({ $0.files[call.readFile.path] }) else { return responder.refuse(404, "no such file") }
        let answer = Mesos_V1_Agent_Response.with {
            $0.type = .readFile
            $0.readFile.size = UInt64(file.count)
            // Short pieces, so that one read is never all.
            $0.readFile.data = Data(file.dropFirst(Int(call.readFile.offset)).prefix(7))
        }
        responder.respond(200, headers: [("Content-Type", "application/x-protobuf")], body: MessageEncoding.protobuf.encode(answer))
    }
}

extension FakeMaster.Answer {
    static let subscribed = FakeMaster.Answer.event(
        .with {
            $0.type = .subscribed
            $0.subscribed.frameworkID.value = "F"
        }
    )

    static func update(_ task: String, _ state: Mesos_V1_TaskState, _ message: String = "") -> FakeMaster.Answer {
        .event(
            .with { event in
                event.type = .update
                event.update.status = .with {
                    $0.taskID.value = task
                    $0.state = state
                    $0.agentID.value = "S"
                    $0.message = message
                    $0.uuid = Data([UInt8(truncatingIfNeeded: state.rawValue)])
                    $0.containerStatus.containerID.value = "C"
                }
            }
        )
    }
}
