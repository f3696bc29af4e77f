import Cluster
public import CoreLoop
import Foundation
import HTTPService
import Logging
public import MasterCore
import MesosMessages
import Synchronization

/// What a running master consists of: the core on its thread, its HTTP surface, and what carries out its decisions.
final class MasterParts: Sendable {
    let server: HTTPServer

    private let loop: CoreLoop<MasterCore>
    private let streams: StreamTable<MasterStream>
    private let writer: EventWriter
    private let endpoints: Late<MasterEndpoints>
    private let logger: Logger

    /// Listens first, since the port may be known only then; the core starts with it.
    static func start(_ configuration: MasterConfiguration, _ logger: Logger) async throws(HTTPServiceError) -> MasterParts {
        let endpoints = Late<MasterEndpoints>()
        let router = MasterRoutes(endpoints: { endpoints.value }).router
        let server = try await HTTPServer.start(HTTPServerConfiguration(configuration), router: router, logger: logger)
        return MasterParts(configuration, server, endpoints, logger)
    }

    private init(_ configuration: MasterConfiguration, _ server: HTTPServer, _ endpoints: Late<MasterEndpoints>, _ logger: Logger) {
        let info = Mesos_V1_MasterInfo(configuration, address: server.address, port: server.port)
        let clock = SteadyClock()
        let core = MasterCore(MasterCoreConfiguration(configuration, info), at: clock.now)
        self.server = server
        self.endpoints = endpoints
        self.logger = logger
        streams = StreamTable<MasterStream>()
        writer = EventWriter(streams)
        loop = CoreLoop(core, capacity: configuration.queuedCalls, clock: clock)
        let sink = EffectSink(writer: writer, logger: logger)
        loop.start(name: "master-core") { sink.carryOut($0) }
        let flags = MasterFlags.list(configuration, port: server.port, hostname: info.hostname)
        let reads = StateReader(loop, clock: clock, flags: flags)
        endpoints.set(
            MasterEndpoints(
                streams: StreamEndpoint(
                    loop: loop,
                    streams: streams,
                    schedulerBytes: configuration.schedulerStreamBytes,
                    agentBytes: configuration.agentStreamBytes
                ),
                operators: OperatorEndpoint(reads: reads),
                pages: PageEndpoint(reads: reads, authority: "\(info.hostname):\(server.port)")
            )
        )
        logger.info("master listens", metadata: ["host": "\(server.address)", "port": "\(server.port)", "id": "\(info.id)"])
    }

    /// Ends streams, connections and core, in this order, so that nobody is answered by halves.
    func shutdown() async {
        endpoints.set(nil)
        streams.finishAll()
        await server.shutdown()
        await loop.stop()
        await writer.drain()
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
        limits = configuration.limits
    }
}

extension Mesos_V1_MasterInfo {
    /// Who this master is, as clients are told. It has none of the capabilities that Mesos names.
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
    }
}
