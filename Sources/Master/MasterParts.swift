import Cluster
public import CoreLoop
import Foundation
import HTTPService
import Logging
public import MasterCore
import MesosMessages
import SwiftProtobuf
import Synchronization

/// What a running master consists of: the core on its thread, its HTTP surface, and what carries out its decisions.
final class MasterParts: Sendable {
    let server: HTTPServer

    private let loop: CoreLoop<MasterCore>
    private let streams: StreamTable<MasterStream>
    private let writer: EventWriter
    private let operators: OperatorHub
    private let endpoints: Late<MasterEndpoints>
    private let store: RegistryStore?
    private let history: UsageHistory
    private let logger: Logger

    /// Reads the registry, and listens before the core starts, since the port may be known only then.
    static func start(_ configuration: MasterConfiguration, ending: Ending, _ logger: Logger) async throws(MasterError) -> MasterParts {
        let store = try RegistryStore.open(configuration.registry, logger)
        do throws(MasterError) {
            let registry = try store?.load() ?? Registry()
            let endpoints = Late<MasterEndpoints>()
            let router = MasterRoutes(endpoints: { endpoints.value }).router
            let server = try await listen(configuration, router, logger)
            return MasterParts(configuration, server, endpoints, store, registry, ending, logger)
        } catch {
            store?.close()
            throw error
        }
    }

    private static func listen(_ configuration: MasterConfiguration, _ router: Router, _ logger: Logger) async throws(MasterError)
        -> HTTPServer
    {
        do throws(HTTPServiceError) {
            return try await HTTPServer.start(HTTPServerConfiguration(configuration), router: router, logger: logger)
        } catch {
            throw MasterError("\(error)")
        }
    }

    private init(
        _ configuration: MasterConfiguration,
        _ server: HTTPServer,
        _ endpoints: Late<MasterEndpoints>,
        _ store: RegistryStore?,
        _ registry: Registry,
        _ ending: Ending,
        _ logger: Logger
    ) {
        let info = Mesos_V1_MasterInfo(configuration, address: server.address, port: server.port)
        let clock = SteadyClock()
        let core = MasterCore(MasterCoreConfiguration(configuration, info), recovering: registry, at: clock.now)
        self.server = server
        self.endpoints = endpoints
        self.store = store
        self.logger = logger
        streams = StreamTable<MasterStream>()
        writer = EventWriter(streams)
        loop = CoreLoop(core, capacity: configuration.queuedCalls, clock: clock)
        let measures = MasterMeasures()
        let turns = Turns()
        operators = OperatorHub(turns, report: loop.report)
        let sink = EffectSink(writer: writer, operators: operators, store: store, measures: measures, logger: logger) { reason in
            // Nothing of what was not written down may be seen.
            endpoints.set(nil)
            ending.abort(reason)
        }
        loop.start(name: "master-core", observe: measures.observe) { sink.carryOut($0) }
        let flags = MasterFlags.list(configuration, port: server.port, hostname: info.hostname)
        let reads = StateReader(loop, clock: clock, flags: flags, measures: measures)
        let kept = KeptPages(turns: turns)
        history = UsageHistory(interval: configuration.historyInterval)
        history.start(reads, clock: clock)
        endpoints.set(
            MasterEndpoints(
                streams: StreamEndpoint(
                    loop: loop,
                    streams: streams,
                    schedulerBytes: configuration.schedulerStreamBytes,
                    agentBytes: configuration.agentStreamBytes
                ),
                operators: OperatorEndpoint(
                    reads: reads,
                    large: LargeAnswers(reads: reads, kept: kept),
                    loop: loop,
                    hub: operators,
                    verbosity: configuration.logVerbosity
                ),
                pages: PageEndpoint(reads: reads, kept: kept, authority: "\(info.hostname):\(server.port)"),
                verbosity: configuration.logVerbosity,
                why: WhyEndpoint(reads: reads),
                history: history
            )
        )
        logger.info("master listens", metadata: ["host": "\(server.address)", "port": "\(server.port)", "id": "\(info.id)"])
        guard let store else { return }
        let counts = ["agents": registry.agents.count, "frameworks": registry.frameworks.count, "unreachable": registry.unreachable.count]
        logger.info("registry recovered", metadata: ["path": "\(store.path)"].merging(counts.mapValues { "\($0)" }) { $1 })
    }

    /// Ends streams, connections and core, in this order, so that nobody is answered by halves.
    func shutdown() async {
        endpoints.set(nil)
        streams.finishAll()
        operators.finishAll()
        await server.shutdown()
        await history.stop()
        await loop.stop()
        await writer.drain()
        await operators.drained()
        store?.close()
        logger.info("master stopped", metadata: ["port": "\(server.port)"])
    }
}

/// A value that comes later and goes again.
final class Late<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    /// The value, if it is there.
    var value: Value? { state.withLock(\.self) }

    /// Sets the value, or takes it away.
    func set(_ value: Value?) {
        state.withLock { $0 = value }
    }
}

extension MasterCore: StateMachine {}

extension HTTPServerConfiguration {
    fileprivate init(_ configuration: MasterConfiguration) {
        self.init(host: configuration.host, port: configuration.port, eventLoopGroup: configuration.eventLoopGroup)
        tls = configuration.tls
        allowInsecure = configuration.allowInsecure
        limits = configuration.httpLimits
    }
}

extension MasterCoreConfiguration {
    fileprivate init(_ configuration: MasterConfiguration, _ info: Mesos_V1_MasterInfo) {
        self.init(masterInfo: info)
        heartbeatInterval = configuration.heartbeatInterval
        agentHeartbeatInterval = configuration.agentHeartbeatInterval
        missedAgentHeartbeats = configuration.missedAgentHeartbeats
        allocationInterval = configuration.allocationInterval
        offerTimeout = configuration.offerTimeout
        limits = configuration.limits
        agentReregisterTimeout = configuration.agentReregisterTimeout
        agentRemovalRateLimit = configuration.agentRemovalRateLimit
        recoveryRemovalLimit = configuration.recoveryRemovalLimit
        registryAgentAge = configuration.registryAgentAge
        registryCleanUpInterval = configuration.registryCleanUpInterval
    }
}

extension Mesos_V1_MasterInfo {
    /// Who this master is, as clients are told. Of the capabilities that Mesos names it has those that are built.
    fileprivate init(_ configuration: MasterConfiguration, address bound: String, port bindPort: Int) {
        self.init()
        let isWildcard = bound == "0.0.0.0" || bound == "::"
        id = UUID().uuidString.lowercased()
        hostname = configuration.hostname ?? (isWildcard ? ProcessInfo.processInfo.hostName : configuration.host)
        ip = IPv4Address(bound)?.value ?? 0
        port = UInt32(clamping: bindPort)
        pid = "master@\(bound):\(bindPort)"
        version = Version.mesos
        address.hostname = hostname
        if !isWildcard { address.ip = bound }
        address.port = Int32(clamping: bindPort)
        if let domain = configuration.domain { self.domain = domain }
        capabilities = [.agentUpdate, .agentDraining].map { type in .with { $0.type = type } }
    }
}
