import AgentCore
import Cluster
import Containers
import CoreLoop
import HTTPService
import Images
import Logging
import MesosAPI
import Synchronization

/// The running parts of an agent.
struct AgentParts {
    private let ground: AgentGround
    private let servers: AgentServers
    private let loop: CoreLoop<AgentCore>
    private let link: MasterLink
    private let executors: ExecutorStreams
    private let sessions: Sessions
    private let reporter: Reporter
    private let views: Pending<AgentViews>
    private let imageCare: ImageCare
    private let sandboxCare: SandboxCare
    private let end: EndSignal
    private let logger: Logger

    var port: Int { servers.main.port }
    var workDirectory: WorkDirectory { ground.workDirectory }

    /// Starts everything; when something does not start, what was started is ended again.
    static func start(_ configuration: AgentConfiguration, end: EndSignal, logger: Logger) async throws -> AgentParts {
        let ground = try await AgentGround.open(configuration, logger: logger)
        let reporter = Reporter()
        let runner = ContainerRunner(
            containerizer: ground.containerizer,
            preparation: ground.preparation,
            logger: logger,
            report: reporter.report
        )
        let link = MasterLink(address: configuration.masterAddress, logger: logger, report: reporter.report)
        let executors = ExecutorStreams(report: reporter.report)
        let views = Pending<AgentViews>()
        let sessions = Sessions(ground.containerizer)
        let sandboxCare = SandboxCare(ground, configuration.sandboxCleanup, logger: logger)
        do {
            let api = ExecutorAPI(
                reporter: reporter,
                streams: executors,
                tokens: ground.tokens,
                requiresTokens: configuration.requiresExecutorTokens
            )
            let servers = try await listen(configuration, ground, runner, api, sessions, views, sandboxCare.counts, logger)
            let facts = try await facts(configuration, servers.main, ground)
            var core = AgentCore(configuration: facts.core, generator: .random())
            var effects: [AgentEffect] = []
            core.recover(ground.stored, found: ground.found, at: SteadyClock().now, effects: &effects)
            let loop = CoreLoop(core)
            let parts = AgentParts(
                ground: ground,
                servers: servers,
                loop: loop,
                link: link,
                executors: executors,
                sessions: sessions,
                reporter: reporter,
                views: views,
                imageCare: ImageCare(images: ground.preparation.images, cleanup: configuration.imageCleanup, logger: logger),
                sandboxCare: sandboxCare,
                end: end,
                logger: logger
            )
            parts.begin(effects, runner, facts, configuration.recovery)
            return parts
        } catch {
            views.abandon()
            await link.close(timeout: .zero)
            ground.close()
            throw error
        }
    }

    private static func facts(
        _ configuration: AgentConfiguration,
        _ server: HTTPServer,
        _ ground: AgentGround
    ) async throws(AgentError) -> AgentFacts {
        do throws(AgentError) {
            return try AgentFacts(configuration, server, ground)
        } catch {
            await server.shutdown()
            throw error
        }
    }

    private static func listen(
        _ configuration: AgentConfiguration,
        _ ground: AgentGround,
        _ runner: ContainerRunner,
        _ executorAPI: ExecutorAPI,
        _ sessions: Sessions,
        _ views: Pending<AgentViews>,
        _ sandboxes: SandboxCounts,
        _ logger: Logger
    ) async throws(AgentError) -> AgentServers {
        let view: AgentView.Source = { () async throws(Refusal) in try await AgentViews.view(of: views) }
        let workDirectory = ground.workDirectory.path
        let files = FileReads(files: SandboxFiles(workDirectory: workDirectory), view: view)
        let containers = ContainerReads(containerizer: ground.containerizer, workDirectory: workDirectory)
        let calls = ContainerCalls(
            containerizer: ground.containerizer,
            runner: runner,
            preparation: ground.preparation,
            workDirectory: workDirectory
        )
        let reads = ReadCalls(
            view: view,
            containers: containers,
            files: files,
            fetcher: ground.fetcher,
            sandboxes: sandboxes,
            verbosity: configuration.logVerbosity
        )
        let images = ImageCalls(images: ground.preparation.images, excluded: configuration.imageCleanup.excluded)
        var router = Router()
        AgentRoutes(
            operatorAPI: OperatorAPI(containers: calls, sessions: sessions, reads: reads, images: images, tokens: ground.tokens),
            executorAPI: executorAPI,
            imageAPI: ImageAPI(calls: images, tokens: ground.tokens),
            view: view,
            files: files,
            containers: containers,
            fetcher: ground.fetcher,
            verbosity: configuration.logVerbosity,
            sandboxes: sandboxes,
            endedTasks: EndedTaskPage(store: ground.store, limits: configuration.endedTasks)
        ).add(to: &router)
        return try await AgentServers.start(configuration, router, executorAPI, logger)
    }

    /// Everything is there: do what the recovery asks for, and dial the master.
    private func begin(
        _ recovered: [AgentEffect],
        _ runner: ContainerRunner,
        _ facts: AgentFacts,
        _ recovery: RecoveryMode
    ) {
        reporter.connect(to: loop)
        let probes = ProbeRunner(containerizer: ground.containerizer, images: ground.preparation.images, report: reporter.report)
        let effects = EffectRunner(
            store: ground.store,
            link: link,
            containers: runner,
            executors: executors,
            probes: probes,
            end: end,
            logger: logger
        )
        for container in ground.found where Probe.owns(container.id) { probes.remove(container.id) }
        loop.start(name: "agent core", sink: effects.carryOut)
        effects.carryOut(recovered)
        // The results of what operators launched are theirs to ask for, until they remove it.
        for container in ground.found where !container.isStandalone && !Probe.owns(container.id) {
            if case .running = container.state { runner.watch(container.id) }
        }
        views.set(AgentViews(loop: loop, facts: facts))
        imageCare.start()
        sandboxCare.start()
        loop.report(recovery == .cleanup ? .cleanUp : .start)
    }

    /// Ends everything in the reverse order.
    func stop(destroyContainers: Bool) async {
        loop.report(.stop(destroyContainers: destroyContainers))
        await end.waitUntilStopped(timeout: AgentConfiguration.stopTimeout)
        ground.store.giveUp()
        await link.close(timeout: AgentConfiguration.farewellTimeout)
        if destroyContainers { await destroyAll() }
        views.abandon()
        reporter.refuseCalls()
        executors.finishAll()
        sessions.close()
        await servers.shutdown()
        await imageCare.stop()
        await sandboxCare.stop()
        await loop.stop()
        ground.close()
    }
}

extension AgentParts {
    /// Kills what operators launched, too. What does not die in time is left and told of.
    private func destroyAll() async {
        await withTaskGroup { group in
            for container in ground.containerizer.containers() where container.id.depth == 1 {
                group.addTask {
                    do throws(ContainerError) {
                        try await ground.containerizer.destroy(container.id)
                        try await ground.containerizer.forget(container.id)
                    } catch {
                        logger.error("cannot destroy a container", metadata: ["container": "\(container.id)", "reason": "\(error)"])
                    }
                }
            }
        }
    }
}

extension SeededGenerator {
    fileprivate static func random() -> SeededGenerator {
        var system = SystemRandomNumberGenerator()
        return SeededGenerator(seed: (system.next(), system.next(), system.next(), system.next()))
    }
}
