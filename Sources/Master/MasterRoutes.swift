import HTTPService

/// Which path is answered by what. Until the core runs, and while it stops, all answer 503.
struct MasterRoutes: Sendable {
    let endpoints: @Sendable () -> MasterEndpoints?

    /// The router; paths of Mesos's process `master` answer with and without that prefix.
    var router: Router {
        var router = Router()
        router.on(.post, "/api/v1/scheduler", "/master/api/v1/scheduler", handler: with { $0.schedulers.scheduler })
        router.on(.post, "/api/v1/agent", "/master/api/v1/agent", handler: with { $0.agents.agent })
        router.on(.post, "/api/v1", "/master/api/v1", handler: with { $0.operators.handle })
        router.on(.get, "/health", "/master/health", handler: with { $0.pages.health })
        router.on(.get, "/version", "/master/version", handler: with { $0.pages.version })
        router.on(.get, "/state", "/master/state", handler: with { $0.pages.state })
        router.on(.get, "/redirect", "/master/redirect", handler: with { $0.pages.redirect })
        router.on(.get, "/metrics/snapshot", handler: with { $0.pages.snapshot })
        router.on(.get, "/metrics", handler: with { $0.pages.metrics })
        return router
    }

    private func with(_ choose: @escaping @Sendable (MasterEndpoints) -> Router.Handler) -> Router.Handler {
        { request, responder in
            guard let endpoints = endpoints() else {
                return responder.refuse(503, "the master is starting or stopping; try again in a moment", headers: [("Retry-After", "1")])
            }
            choose(endpoints)(request, responder)
        }
    }
}

/// All that answers requests of a running master.
struct MasterEndpoints: Sendable {
    let schedulers: StreamEndpoint
    let agents: StreamEndpoint
    let operators: OperatorEndpoint
    let pages: PageEndpoint
}
