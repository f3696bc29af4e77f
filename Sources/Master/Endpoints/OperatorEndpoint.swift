import CoreLoop
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages

/// `POST /api/v1`: the operator's calls. All that are built read; they are answered from a copy of the state, on a
/// thread of their own, so that the largest answer delays no offer.
struct OperatorEndpoint: Sendable {
    let reads: StateReader

    /// Answers one call.
    func handle(_ call: Mesos_V1_Master_Call, _ responder: CallResponder) {
        do throws(Refusal) {
            try Self.check(call)
            let encoding = try responder.answerEncoding()
            let build = reads.build
            reads.answer(responder.responder) { reading in
                responder.respond(OperatorAnswer(reading: reading, build: build).response(to: call.type), encoding)
            }
        } catch {
            responder.refuse(error)
        }
    }

    private static func check(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        guard call.hasType else { throw Refusal(400, "type: missing or unknown; it names what the call is to do, such as GET_STATE") }
        if call.type == .unknown { throw Refusal(501, "type: UNKNOWN is no call of the operator API") }
        if call.type == .getMetrics, !call.hasGetMetrics {
            throw Refusal(400, "get_metrics: missing; a call of type GET_METRICS must carry it")
        }
        guard OperatorAnswer.built.contains(call.type) else {
            throw Refusal(501, "the call \(call.type.name) is not built yet in Agora; see docs/scheduler-api.md for what is")
        }
    }
}
