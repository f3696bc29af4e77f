import Cluster
import HTTPService
import Logging
import MesosAPI
import MesosMessages
import Synchronization

/// A master as an agent sees it: it takes SUBSCRIBE, sends what a test wants, and remembers what it is told.
final class FakeMaster: Sendable {
    private struct State {
        var stream: HTTPStream?
        var subscriptions: [Agora_V1_AgentCall.Subscribe] = []
        var updates: [Agora_V1_StatusUpdate] = []
        var exits: [Agora_V1_AgentCall.ExecutorExited] = []
        var messages: [Agora_V1_Message] = []
        var calls: [Agora_V1_AgentCall.TypeEnum] = []
        var acknowledges = true
        var streams = 0
    }

    private let state = Mutex(State())
    private let started = Mutex<HTTPServer?>(nil)
    static let agentID = "agent-1"

    /// Listens on a free port of the loopback address.
    static func start() async throws -> FakeMaster {
        let master = FakeMaster()
        var router = Router()
        router.on(.post, "/api/v1/agent") { master.handle($0, $1) }
        let server = try await HTTPServer.start(
            HTTPServerConfiguration(port: 0),
            router: router,
            logger: Logger(label: "test.master")
        )
        master.started.withLock { $0 = server }
        return master
    }

    var address: String { "127.0.0.1:\(started.withLock { $0?.port } ?? 0)" }

    func stop() async {
        closeStream()
        await started.withLock { $0 }?.shutdown()
    }

    var subscriptions: [Agora_V1_AgentCall.Subscribe] { state.withLock(\.subscriptions) }
    var updates: [Agora_V1_StatusUpdate] { state.withLock(\.updates) }
    var exits: [Agora_V1_AgentCall.ExecutorExited] { state.withLock(\.exits) }
    var messages: [Agora_V1_Message] { state.withLock(\.messages) }
    var calls: [Agora_V1_AgentCall.TypeEnum] { state.withLock(\.calls) }

    func setAcknowledges(_ acknowledges: Bool) {
        state.withLock { $0.acknowledges = acknowledges }
    }

    /// The states told of a task, repeats left out.
    func states(_ task: String) -> [Mesos_V1_TaskState] {
        var known: Set<[UInt8]> = []
        return updates.filter { $0.status.taskID.value == task && known.insert([UInt8]($0.status.uuid)).inserted }.map(\.status.state)
    }

    func last(_ task: String) -> Mesos_V1_TaskStatus? {
        updates.last { $0.status.taskID.value == task }?.status
    }

    func closeStream() {
        state.withLock { state in
            defer { state.stream = nil }
            return state.stream
        }?.finish()
    }

    func send(_ type: Agora_V1_AgentEvent.TypeEnum, _ fill: (inout Agora_V1_AgentEvent) -> Void = { _ in }) {
        var event = Agora_V1_AgentEvent()
        event.type = type
        fill(&event)
        let stream = state.withLock(\.stream)
        stream?.write(RecordIO.frame(MessageEncoding.protobuf.encode(event)))
    }

    private func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let call = try? MessageEncoding.protobuf.decode(Agora_V1_AgentCall.self, from: request.bodyBytes) else {
            return responder.refuse(400, "no call")
        }
        state.withLock { $0.calls.append(call.type) }
        guard call.type == .subscribe else { return take(call, request, responder) }
        let stream = responder.stream(
            headers: [("Content-Type", "application/x-protobuf"), ("Mesos-Stream-Id", nextStreamID())],
            maximumBufferedBytes: 256 << 20,
            onClose: {}
        )
        state.withLock { $0.stream = stream }
        send(.subscribed) {
            $0.subscribed.agentID.value = Self.agentID
            $0.subscribed.heartbeatIntervalSeconds = 15
        }
        // Tests begin when they see it: what they send must come behind SUBSCRIBED.
        state.withLock { $0.subscriptions.append(call.subscribe) }
    }

    private func nextStreamID() -> String {
        state.withLock { state in
            state.streams += 1
            return "stream-\(state.streams)"
        }
    }

    private func take(_ call: Agora_V1_AgentCall, _ request: HTTPRequest, _ responder: HTTPResponder) {
        let (isCurrent, acknowledges) = state.withLock { state in
            (request.headers["Mesos-Stream-Id"] == "stream-\(state.streams)" && state.stream != nil, state.acknowledges)
        }
        guard isCurrent else { return responder.refuse(403, "subscribe first") }
        responder.respond(202)
        for update in call.updateStatus.updates where acknowledges {
            send(.acknowledge) {
                $0.acknowledge.frameworkID = update.frameworkID
                $0.acknowledge.taskID = update.status.taskID
                $0.acknowledge.uuid = update.status.uuid
            }
        }
        // Tests go on when they see it: what they close then must not take the acknowledgement along.
        state.withLock { state in
            state.updates += call.updateStatus.updates
            if call.type == .executorExited { state.exits.append(call.executorExited) }
            if call.type == .message { state.messages.append(call.message) }
        }
    }
}
