import AgentCore
import HTTPService
import MesosAPI
import MesosMessages

/// `POST /api/v1/executor`: what the programs of frameworks say and ask.
struct ExecutorAPI: Sendable {
    let reporter: Reporter
    let streams: ExecutorStreams
    let tokens: ExecutorTokens
    /// Whether a call without token is refused.
    let requiresTokens: Bool

    static let realm = "mesos-agent-executor"

    func add(to router: inout Router) {
        router.on(.post, paths: AgentRoutes.paths("/api/v1/executor")) { request, responder in
            handle(CallResponder(request: request, responder: responder))
        }
    }

    /// Answers when the core has; never blocks. Who has no right to call learns nothing of what is wrong with the call.
    private func handle(_ responder: CallResponder) {
        do throws(Refusal) {
            let claims = try tokens.claims(of: responder.request.headers)
            guard claims != nil || !requiresTokens else {
                throw Refusal(401, "Authorization: missing; send what MESOS_EXECUTOR_AUTHENTICATION_TOKEN has, as \"Bearer TOKEN\"")
            }
            let call = try responder.decode(Mesos_V1_Executor_Call.self)
            try ExecutorCallValidation.check(call)
            guard call.type == .subscribe else {
                return try reporter.submit(.executorCall(call, claims, reply: responder.responder))
            }
            try subscribe(call, claims, responder)
        } catch {
            responder.refuse(error, realm: Self.realm)
        }
    }

    private func subscribe(
        _ call: Mesos_V1_Executor_Call,
        _ claims: ExecutorClaims?,
        _ responder: CallResponder
    ) throws(Refusal) {
        let encoding = try responder.eventEncoding()
        let id = streams.reserve()
        let caller = ExecutorCaller(id, responder, encoding)
        do throws(Refusal) {
            try reporter.submit(.executorSubscribe(id, call, claims, reply: caller))
        } catch {
            streams.giveUp(id)
            throw error
        }
    }
}
