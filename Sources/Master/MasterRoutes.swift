import HTTPService
import MasterCore
import MesosAPI
import MesosMessages
import WebPage

/// Which path is answered by what. Until the core runs, and while it stops, all answer 503.
struct MasterRoutes: Sendable {
    let endpoints: @Sendable () -> MasterEndpoints?

    /// The router; paths of Mesos's process `master` answer with and without that prefix.
    var router: Router {
        var router = Router()
        router.onCall(Self.paths("/api/v1/scheduler"), Mesos_V1_Scheduler_Call.self, handler: call { $0.streams.scheduler })
        router.onCall(Self.paths("/api/v1/agent"), Agora_V1_AgentCall.self, handler: call { $0.streams.agent })
        // Mesos answers calls below the path, too, and some tools send them there.
        for path in ["/api/v1", "/api/v1/*"] {
            router.onCall(Self.paths(path), Mesos_V1_Master_Call.self, handler: call { $0.operators.handle })
        }
        addPages(to: &router)
        addUnbuilt(to: &router)
        FilePages.add(to: &router)
        WebPage.add(to: &router)
        router.on(.post, paths: Self.paths("/teardown"), handler: with { $0.forms.teardown })
        router.on(.post, paths: Self.paths("/maintenance/schedule"), handler: with { $0.forms.schedule })
        router.on(.post, paths: Self.paths("/machine/down"), handler: with { $0.forms.down })
        router.on(.post, paths: Self.paths("/machine/up"), handler: with { $0.forms.up })
        return router
    }

    private func addPages(to router: inout Router) {
        router.on(.get, paths: Self.paths("/health"), handler: with { $0.pages.health })
        router.on(.get, paths: Self.paths("/version"), handler: with { $0.pages.version })
        router.on(.get, paths: Self.paths("/state"), handler: with { $0.pages.state })
        router.on(.get, paths: Self.paths("/state-summary"), handler: with { $0.pages.stateSummary })
        router.on(.get, paths: Self.paths("/redirect"), handler: with { $0.pages.redirect })
        for method in [HTTPRequest.Method.get, .post] {
            router.on(method, paths: Self.paths("/logging/toggle"), handler: with { $0.verbosity.toggle })
        }
        router.on(.get, paths: Self.paths("/metrics"), handler: with { $0.pages.metrics })
        router.on(.get, "/history", handler: with { $0.history.answer })
        router.on(.get, "/why", handler: with { $0.why.answer })
        router.on(.get, paths: Self.paths("/slaves"), handler: with { $0.pages.agents })
        router.on(.get, paths: Self.paths("/frameworks"), handler: with { $0.pages.frameworks })
        page(&router, "/tasks") { TaskPage($1).encode($0.state) }
        page(&router, "/roles", ListPages.roles)
        page(&router, "/flags", ListPages.flags)
        page(&router, "/maintenance/schedule") { reading, _ in MesosJSON.encode(reading.state.maintenanceSchedule) }
        page(&router, "/maintenance/status") { reading, _ in MesosJSON.encode(reading.state.maintenanceStatus) }
        page(&router, "/metrics/snapshot") { reading, _ in MasterMetrics(reading).snapshot }
    }

    private func page(_ router: inout Router, _ path: String, _ page: @escaping PageEndpoint.Page) {
        router.on(.get, paths: Self.paths(path), handler: with { $0.pages.page(page) })
    }

    /// What Mesos's masters have and this one has not yet: the sharing of resources.
    private func addUnbuilt(to router: inout Router) {
        let paths = ["/weights", "/quota", "/quota/*", "/reserve", "/unreserve", "/create-volumes", "/destroy-volumes"]
        for path in paths {
            for method in [HTTPRequest.Method.get, .post, .put, .delete] {
                router.on(method, paths: Self.paths(path)) { request, responder in
                    responder.refuse(501, "\(request.path.prefix(100)) is not built yet in Agora; see docs/operator-api.md for what is")
                }
            }
        }
    }

    /// The path itself, and as Mesos's masters have it too.
    private static func paths(_ path: String) -> [String] { [path, "/master\(path)"] }

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
    let verbosity: LogVerbosity
    let why: WhyEndpoint
    let history: UsageHistory

    var forms: FormEndpoint { FormEndpoint(operators: operators) }
}
