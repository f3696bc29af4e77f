import CoreLoop
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages

/// `POST /api/v1`: the operator's calls. Those that read are answered from a copy of the state, on a thread of their
/// own, so that the largest answer delays no offer; those that change something are the core's.
struct OperatorEndpoint: Sendable {
    let reads: StateReader
    let loop: CoreLoop<MasterCore>

    /// Answers one call.
    func handle(_ call: Mesos_V1_Master_Call, _ responder: CallResponder) {
        do throws(Refusal) {
            try Self.check(call)
            if OperatorCallValidation.isChange(call.type) { return try submit(call, responder.responder) }
            let encoding = try responder.answerEncoding()
            let build = reads.build
            reads.answer(responder.responder) { reading in
                responder.respond(OperatorAnswer(reading: reading, build: build).response(to: call.type), encoding)
            }
        } catch {
            responder.refuse(error)
        }
    }

    private func submit(_ call: Mesos_V1_Master_Call, _ responder: HTTPResponder) throws(Refusal) {
        try OperatorCallValidation.check(call)
        guard !loop.submit(.operatorCall(call, reply: responder)) else { return }
        let message = "the master has too many calls waiting; send this one again in a moment"
        responder.refuse(503, message, headers: [("Retry-After", "1")])
    }

    private static func check(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        guard call.hasType else { throw Refusal(400, "type: missing or unknown; it names what the call is to do, such as GET_STATE") }
        if call.type == .unknown { throw Refusal(501, "type: UNKNOWN is no call of the operator API") }
        if call.type == .getMetrics, !call.hasGetMetrics {
            throw Refusal(400, "get_metrics: missing; a call of type GET_METRICS must carry it")
        }
        guard OperatorAnswer.built.contains(call.type) || OperatorCallValidation.isChange(call.type) else {
            throw Refusal(501, "the call \(call.type.name) is not built yet in Agora; see docs/scheduler-api.md for what is")
        }
    }
}
