import AgentCore
import HTTPService
import MesosAPI
import MesosMessages

/// Who waits for the answer to an executor's SUBSCRIBE.
final class ExecutorCaller: ReplyAddress {
    let stream: StreamID
    let responder: CallResponder
    let encoding: MessageEncoding

    init(_ stream: StreamID, _ responder: CallResponder, _ encoding: MessageEncoding) {
        self.stream = stream
        self.responder = responder
        self.encoding = encoding
    }
}

/// The streams of executors, as the core tells.
final class ExecutorStreams: Sendable {
    private let table = StreamTable<EventStream<Mesos_V1_Executor_Event>>()
    private let report: @Sendable (AgentInput) -> Void

    init(report: @escaping @Sendable (AgentInput) -> Void) {
        self.report = report
    }

    /// A number for a stream that may be opened.
    func reserve() -> StreamID { table.reserve() }

    /// No stream of this number will be opened.
    func giveUp(_ id: StreamID) { table.remove(id) }

    func open(_ id: StreamID, _ reply: any ReplyAddress) {
        guard let caller = reply as? ExecutorCaller else { return }
        let stream = caller.responder.stream(
            of: Mesos_V1_Executor_Event.self,
            caller.encoding,
            maximumBufferedBytes: Self.bufferedBytes,
            onClose: { [table, report] in
                table.remove(id)
                report(.executorStreamClosed(id))
            }
        )
        _ = table.add(id, stream)
    }

    func send(_ event: Mesos_V1_Executor_Event, to id: StreamID) { table[id]?.send(event) }

    func close(_ id: StreamID) { table[id]?.finish() }

    func finishAll() { table.finishAll() }

    func answer(_ reply: any ReplyAddress, _ status: Int, _ text: String) {
        switch reply {
        case let caller as ExecutorCaller:
            giveUp(caller.stream)
            caller.responder.refuse(status, text)
        case let responder as HTTPResponder:
            if text.isEmpty { responder.respond(status) } else { responder.refuse(status, text) }
        default: break
        }
    }

    /// What may wait for an executor that does not read; a launch with all its tasks is one event.
    private static let bufferedBytes = 64 << 20
}
