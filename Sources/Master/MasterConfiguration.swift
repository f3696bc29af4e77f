public import HTTPService
import Logging
public import MasterCore
public import MesosMessages
public import NIOCore
public import NIOPosix

/// How a master listens and what it keeps.
public struct MasterConfiguration: Sendable {
    /// The address to listen on. Without TLS only loopback is taken, unless `allowInsecure` is set.
    public var host: String

    /// The port to listen on; 0 takes any free one, see `Master.port`.
    public var port: Int

    /// The name that clients are told; `host`, or this machine's name if that stands for every address.
    public var hostname: String?

    /// The certificate to serve with.
    public var tls: HTTPServerConfiguration.TLS?

    /// Listen without TLS where other machines can connect.
    public var allowInsecure = false

    /// What an HTTP client may cost.
    public var httpLimits = HTTPLimits()

    /// Where what must not be lost is kept.
    public var registry = RegistryPlace.inMemory

    /// How long agents may take to come back after a restart of the master (Mesos: `--agent_reregister_timeout`).
    public var agentReregisterTimeout: Duration = .seconds(600)

    /// How fast frameworks without PARTITION_AWARE are told of lost tasks; nil: at once (Mesos:
    /// `--agent_removal_rate_limit`).
    public var agentRemovalRateLimit: RemovalRateLimit?

    /// How many agents, in percent, may be missing after a restart (Mesos: `--recovery_agent_removal_limit`).
    public var recoveryRemovalLimit = 100.0

    /// How long unreachable and gone agents are remembered (Mesos: `--registry_max_agent_age`).
    public var registryAgentAge: Duration = .seconds(14 * 86_400)

    /// How often agents that are older are looked for (Mesos: `--registry_gc_interval`).
    public var registryCleanUpInterval: Duration = .seconds(900)

    /// How often schedulers hear that their stream lives.
    public var heartbeatInterval: Duration = .seconds(15)

    /// How often agent and master tell each other that they live.
    public var agentHeartbeatInterval: Duration = .seconds(15)

    /// After so many silent intervals an agent is unreachable.
    public var missedAgentHeartbeats = 5

    /// The least time between two rounds of offers.
    public var allocationInterval: Duration = .milliseconds(20)

    /// How long an offer may stay unanswered before it is rescinded; for ever if nil.
    public var offerTimeout: Duration?

    /// Where this master stands. Without it agents that say where they stand are refused.
    public var domain: Mesos_V1_DomainInfo?

    /// How often it is noted how much of the cluster is held, for the charts of the web page.
    public var historyInterval: Duration = .seconds(10)

    /// How much of the cluster is kept and admitted.
    public var limits = MasterLimits()

    /// How many calls may wait for the core before more are answered 503.
    public var queuedCalls = 65_536

    /// How many bytes may wait for a scheduler that reads slowly before it is cut off.
    public var schedulerStreamBytes = 64 * 1024 * 1024

    /// How many bytes may wait for an agent that reads slowly before it is cut off.
    public var agentStreamBytes = 16 * 1024 * 1024

    /// How much the logger of this master logs, for operators who want to know more for a while.
    public var logVerbosity = LogVerbosity(.info)

    /// The threads that serve connections.
    public var eventLoopGroup: any EventLoopGroup

    /// A master on loopback with the defaults of Mesos.
    public init(host: String = "127.0.0.1", port: Int = 5050, eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) {
        self.host = host
        self.port = port
        self.eventLoopGroup = eventLoopGroup
    }
}
