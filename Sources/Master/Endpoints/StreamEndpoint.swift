import CoreLoop
import Foundation
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages
import NIOCore

/// `/api/v1/scheduler` and `/api/v1/agent`: SUBSCRIBE opens an event stream, every other call waits for the core.
struct StreamEndpoint: Sendable {
    let loop: CoreLoop<MasterCore>
    let streams: StreamTable<MasterStream>

    /// How many bytes may wait for a scheduler, and for an agent.
    let schedulerBytes: Int
    let agentBytes: Int

    /// Answers a scheduler's call.
    func scheduler(_ call: Mesos_V1_Scheduler_Call, _ responder: CallResponder) {
        do throws(Refusal) {
            try SchedulerCallValidation.check(call)
            // Mesos looks at Accept for these two calls alone.
            if call.type == .reconcileOperations { _ = try responder.answerEncoding() }
            guard call.type == .subscribe else {
                return submit(.schedulerCall(call, token: responder.token, reply: responder.responder), responder)
            }
            let encoding = try responder.openingEncoding()
            let new = newStream()
            let stream = responder.stream(
                of: Mesos_V1_Scheduler_Event.self,
                encoding,
                headers: new.headers,
                maximumBufferedBytes: schedulerBytes,
                onClose: ending(new.id, .schedulerStreamClosed(new.id))
            )
            begin(new, .scheduler(stream), .schedulerSubscribe(new, call))
        } catch {
            responder.refuse(error)
        }
    }

    /// Answers an agent's call.
    func agent(_ call: Agora_V1_AgentCall, _ responder: CallResponder) {
        do throws(Refusal) {
            try AgentCallValidation.check(call)
            guard call.type == .subscribe else {
                return submit(.agentCall(call, token: responder.token, reply: responder.responder), responder)
            }
            let encoding = try responder.openingEncoding()
            var new = newStream()
            new.peer = responder.request.peerAddress?.ipAddress
            let stream = responder.stream(
                of: Agora_V1_AgentEvent.self,
                encoding,
                headers: new.headers,
                maximumBufferedBytes: agentBytes,
                onClose: ending(new.id, .agentStreamClosed(new.id))
            )
            begin(new, .agent(stream), .agentSubscribe(new, call))
        } catch {
            responder.refuse(error)
        }
    }

    private func submit(_ input: MasterInput, _ responder: CallResponder) {
        guard !loop.submit(input) else { return }
        let message = "the master has too many calls waiting; send this one again in a moment"
        responder.responder.refuse(503, message, headers: [("Retry-After", "1")])
    }

    private func newStream() -> NewStream {
        NewStream(id: streams.reserve(), token: UUID().uuidString.lowercased())
    }

    /// The core hears of a stream's beginning before it hears of its end: both come from the connection's event loop.
    private func begin(_ new: NewStream, _ entry: MasterStream, _ input: MasterInput) {
        guard streams.add(new.id, entry) else { return }
        guard loop.submit(input) else {
            streams.remove(new.id)
            return entry.finish()
        }
    }

    private func ending(_ id: StreamID, _ input: MasterInput) -> @Sendable () -> Void {
        { [loop, streams] in
            streams.remove(id)
            loop.report(input)
        }
    }
}

extension NewStream {
    fileprivate var headers: [(String, String)] { [("Mesos-Stream-Id", token)] }
}

extension CallResponder {
    /// Which subscription a call belongs to.
    fileprivate var token: String? { request.headers["Mesos-Stream-Id"] }

    /// How the events of the stream that SUBSCRIBE opens are encoded.
    fileprivate func openingEncoding() throws(Refusal) -> MessageEncoding {
        guard token == nil else {
            throw Refusal(400, "Mesos-Stream-Id: must not be sent with SUBSCRIBE; its answer carries a new one")
        }
        return try eventEncoding()
    }
}
