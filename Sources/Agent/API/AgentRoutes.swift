import Cluster
import CoreLoop
import Fetcher
import HTTPService
import MesosAPI
import MesosMessages

/// Everything that the agent answers over HTTP.
struct AgentRoutes: Sendable {
    let operatorAPI: OperatorAPI
    let executorAPI: ExecutorAPI
    let imageAPI: ImageAPI
    let view: AgentView.Source
    let files: FileReads
    let containers: ContainerReads
    let fetcher: Fetcher
    let verbosity: LogVerbosity
    let sandboxes: SandboxCounts
    let endedTasks: EndedTaskPage
    private let clock = SteadyClock()

    init(
        operatorAPI: OperatorAPI,
        executorAPI: ExecutorAPI,
        imageAPI: ImageAPI,
        view: @escaping AgentView.Source,
        files: FileReads,
        containers: ContainerReads,
        fetcher: Fetcher,
        verbosity: LogVerbosity,
        sandboxes: SandboxCounts,
        endedTasks: EndedTaskPage
    ) {
        self.operatorAPI = operatorAPI
        self.executorAPI = executorAPI
        self.imageAPI = imageAPI
        self.view = view
        self.files = files
        self.containers = containers
        self.fetcher = fetcher
        self.verbosity = verbosity
        self.sandboxes = sandboxes
        self.endedTasks = endedTasks
    }

    func add(to router: inout Router) {
        // Mesos answers calls below the path, too, and some tools send them there.
        for path in ["/api/v1", "/api/v1/*"] {
            router.onCall(Self.paths(path), Mesos_V1_Agent_Call.self, handler: operatorAPI.handle)
        }
        router.onStream(Self.paths("/api/v1"), mediaType: Negotiation.recordIO, handler: operatorAPI.input.attach)
        executorAPI.add(to: &router)
        imageAPI.add(to: &router)
        router.on(.get, paths: Self.paths("/health")) { $1.respond(200) }
        router.on(.get, paths: Self.paths("/version")) { request, responder in
            var writer = JSONWriter()
            writer.object { AgentFacts.version(&$0) }
            responder.respond(json: writer.bytes, to: request)
        }
        for method in [HTTPRequest.Method.get, .post] {
            router.on(method, paths: Self.paths("/logging/toggle"), handler: verbosity.toggle)
        }
        page(&router, "/state") { view, _ in AgentStateJSON(view).encode() }
        page(&router, "/flags") { view, _ in view.facts.flagsJSON }
        page(&router, "/metrics/snapshot") { view, _ in AgentMetrics(view, fetcher.statistics, sandboxes, now: clock.now).snapshot() }
        page(&router, "/containers") { view, request in await containers.list(view, ContainerFilter(request.query)) }
        page(&router, "/monitor/statistics") { view, _ in await containers.statistics(view) }
        read(&router, "/metrics") { view, _, responder in
            var out = PrometheusText()
            AgentMetrics(view, fetcher.statistics, sandboxes, now: clock.now).write(to: &out)
            await containers.write(view, to: &out)
            responder.respond(200, headers: [("Content-Type", PrometheusText.mediaType)], body: Array(out.text.utf8))
        }
        FileRoutes(files: files).add(to: &router)
        endedTasks.add(to: &router)
    }

    private func page(
        _ router: inout Router,
        _ path: String,
        _ page: @escaping @Sendable (AgentView, HTTPRequest) async -> [UInt8]
    ) {
        read(&router, path) { view, request, responder in
            responder.respond(json: await page(view, request), to: request)
        }
    }

    private func read(
        _ router: inout Router,
        _ path: String,
        _ answer: @escaping @Sendable (AgentView, HTTPRequest, HTTPResponder) async -> Void
    ) {
        router.on(.get, paths: Self.paths(path)) { request, responder in
            Task {
                do throws(Refusal) {
                    await answer(try await view(), request, responder)
                } catch {
                    responder.refuse(error.status, error.message)
                }
            }
        }
    }

    /// The path itself, and as Mesos's agents have it too.
    static func paths(_ path: String) -> [String] { [path, "/slave(1)\(path)"] }
}
