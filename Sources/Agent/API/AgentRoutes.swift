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
    private let clock = SteadyClock()

    init(
        operatorAPI: OperatorAPI,
        executorAPI: ExecutorAPI,
        imageAPI: ImageAPI,
        view: @escaping AgentView.Source,
        files: FileReads,
        containers: ContainerReads,
        fetcher: Fetcher
    ) {
        self.operatorAPI = operatorAPI
        self.executorAPI = executorAPI
        self.imageAPI = imageAPI
        self.view = view
        self.files = files
        self.containers = containers
        self.fetcher = fetcher
    }

    func add(to router: inout Router) {
        router.onCall(Self.paths("/api/v1"), Mesos_V1_Agent_Call.self, handler: operatorAPI.handle)
        router.onStream(Self.paths("/api/v1"), mediaType: Negotiation.recordIO, handler: operatorAPI.input.attach)
        executorAPI.add(to: &router)
        imageAPI.add(to: &router)
        router.on(.get, paths: Self.paths("/health")) { $1.respond(200) }
        router.on(.get, paths: Self.paths("/version")) { _, responder in
            var writer = JSONWriter()
            writer.object { AgentFacts.version(&$0) }
            responder.json(writer.bytes)
        }
        read(&router, "/state") { $1.json(AgentStateJSON($0).encode()) }
        read(&router, "/metrics/snapshot") { $1.json(AgentMetrics($0, fetcher.statistics, now: clock.now).snapshot()) }
        read(&router, "/containers") { $1.json(await containers.list($0)) }
        read(&router, "/metrics") { view, responder in
            let text = AgentMetrics(view, fetcher.statistics, now: clock.now).prometheus()
            responder.respond(200, headers: [("Content-Type", "text/plain; version=0.0.4")], body: Array(text.utf8))
        }
        FileRoutes(files: files).add(to: &router)
    }

    private func read(
        _ router: inout Router,
        _ path: String,
        _ answer: @escaping @Sendable (AgentView, HTTPResponder) async -> Void
    ) {
        router.on(.get, paths: Self.paths(path)) { _, responder in
            Task {
                do throws(Refusal) {
                    await answer(try await view(), responder)
                } catch {
                    responder.refuse(error.status, error.message)
                }
            }
        }
    }

    /// The path itself, and as Mesos's agents have it too.
    static func paths(_ path: String) -> [String] { [path, "/slave(1)\(path)"] }
}

extension HTTPResponder {
    func json(_ bytes: [UInt8]) {
        respond(200, headers: [("Content-Type", "application/json")], body: bytes)
    }
}
