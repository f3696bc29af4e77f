import CoreLoop
import Foundation
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages

/// `POST /api/v1/scheduler` and `POST /api/v1/agent`: SUBSCRIBE opens an event stream, every other call waits for the core.
struct StreamEndpoint: Sendable {
    let loop: CoreLoop<MasterCore>
    let streams: StreamTable

    /// How many bytes may wait for a client of this endpoint.
    let streamBytes: Int

    /// Answers a scheduler's call.
    func scheduler(_ request: HTTPRequest, _ responder: HTTPResponder) {
        do throws(Refusal) {
            let call = try request.call(Mesos_V1_Scheduler_Call.self)
            try SchedulerCallValidation.check(call)
            guard call.type == .subscribe else {
                return submit(.schedulerCall(call, token: request.streamToken, reply: responder), responder)
            }
            try open(request, responder, closed: { .schedulerStreamClosed($0) }, subscribe: { .schedulerSubscribe($0, call) })
        } catch {
            responder.refuse(error)
        }
    }

    /// Answers an agent's call.
    func agent(_ request: HTTPRequest, _ responder: HTTPResponder) {
        do throws(Refusal) {
            let call = try request.call(Agora_V1_AgentCall.self)
            try AgentCallValidation.check(call)
            guard call.type == .subscribe else {
                return submit(.agentCall(call, token: request.streamToken, reply: responder), responder)
            }
            try open(request, responder, closed: { .agentStreamClosed($0) }, subscribe: { .agentSubscribe($0, call) })
        } catch {
            responder.refuse(error)
        }
    }

    private func submit(_ input: MasterInput, _ responder: HTTPResponder) {
        guard !loop.submit(input) else { return }
        responder.refuse(503, "the master has too many calls waiting; send this one again in a moment", headers: [("Retry-After", "1")])
    }

    /// Opens the stream before the core hears of it, and tells the core when it is over. Both happen on the
    /// connection's event loop, so the core hears of the end after the beginning.
    private func open(
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        closed: @escaping @Sendable (StreamID) -> MasterInput,
        subscribe: (NewStream) -> MasterInput
    ) throws(Refusal) {
        guard request.streamToken == nil else {
            throw Refusal(400, "Mesos-Stream-Id: must not be sent with SUBSCRIBE; its answer carries a new one")
        }
        let encoding = try Negotiation.eventEncoding(CallHeaders(request))
        let opened = NewStream(id: streams.newID(), token: UUID().uuidString.lowercased())
        let headers = [("Content-Type", encoding.mediaType), ("Mesos-Stream-Id", opened.token)]
        let (loop, streams) = (loop, streams)
        let stream = responder.stream(headers: headers, maximumBufferedBytes: streamBytes) {
            streams.remove(opened.id)
            loop.report(closed(opened.id))
        }
        streams.add(opened.id, StreamTable.Entry(stream: stream, encoding: encoding))
        guard stream.write([]), loop.submit(subscribe(opened)) else {
            streams.remove(opened.id)
            return stream.finish()
        }
    }
}

extension HTTPRequest {
    /// Which subscription a call belongs to.
    fileprivate var streamToken: String? { headers["Mesos-Stream-Id"] }
}
