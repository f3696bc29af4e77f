import HTTPService
import MesosMessages

/// Which path is answered by what. Until the core runs, and while it stops, all answer 503.
struct MasterRoutes: Sendable {
    let endpoints: @Sendable () -> MasterEndpoints?

    /// The router; paths of Mesos's process `master` answer with and without that prefix.
    var router: Router {
        var router = Router()
        router.onCall(
            ["/api/v1/scheduler", "/master/api/v1/scheduler"],
            Mesos_V1_Scheduler_Call.self,
            handler: call { $0.streams.scheduler }
        )
        router.onCall(["/api/v1/agent", "/master/api/v1/agent"], Agora_V1_AgentCall.self, handler: call { $0.streams.agent })
        router.onCall(["/api/v1", "/master/api/v1"], Mesos_V1_Master_Call.self, handler: call { $0.operators.handle })
        router.on(.get, "/health", "/master/health", handler: with { $0.pages.health })
        router.on(.get, "/version", "/master/version", handler: with { $0.pages.version })
        router.on(.get, "/state", "/master/state", handler: with { $0.pages.state })
        router.on(.get, "/redirect", "/master/redirect", handler: with { $0.pages.redirect })
        router.on(.get, "/why", handler: with { $0.why.answer })
        router.on(.get, "/metrics/snapshot", handler: with { $0.pages.snapshot })
        router.on(.get, "/metrics", handler: with { $0.pages.metrics })
        return router
    }

    private func with(_ choose: @escaping @Sendable (MasterEndpoints) -> Router.Handler) -> Router.Handler {
        { request, responder in
            guard let endpoints = endpoints() else { return Self.refuse(responder) }
            choose(endpoints)(request, responder)
        }
    }

    private func call<Call>(
        _ choose: @escaping @Sendable (MasterEndpoints) -> (Call, CallResponder) -> Void
    ) -> @Sendable (Call, CallResponder) -> Void {
        { call, responder in
            guard let endpoints = endpoints() else { return Self.refuse(responder.responder) }
            choose(endpoints)(call, responder)
        }
    }

    private static func refuse(_ responder: HTTPResponder) {
        responder.refuse(503, "the master is starting or stopping; try again in a moment", headers: [("Retry-After", "1")])
    }
}

/// All that answers requests of a running master.
struct MasterEndpoints: Sendable {
    let streams: StreamEndpoint
    let operators: OperatorEndpoint
    let pages: PageEndpoint
    let why: WhyEndpoint
}
