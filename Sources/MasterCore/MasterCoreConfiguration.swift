public import MesosMessages

/// What a master core is told at its start; all that is random or of the outside comes in here.
public struct MasterCoreConfiguration: Sendable {
    /// Who this master is; its `id` begins the identifiers of the frameworks, agents and offers it names.
    public var masterInfo: Mesos_V1_MasterInfo

    /// How often a scheduler's stream gets a HEARTBEAT (Mesos: 15 s).
    public var heartbeatInterval: Duration = .seconds(15)

    /// How often agent and master tell each other that they live.
    public var agentHeartbeatInterval: Duration = .seconds(15)

    /// After so many silent intervals an agent is unreachable (Mesos: `--max_agent_ping_timeouts`).
    public var missedAgentHeartbeats = 5

    /// How long after a restart of the master its agents may take to come back, and its frameworks at least (Mesos:
    /// `--agent_reregister_timeout`).
    public var agentReregisterTimeout: Duration = .seconds(600)

    /// How fast frameworks that are not PARTITION_AWARE are told that unreachable agents' tasks are lost; nil: at once
    /// (Mesos: `--agent_removal_rate_limit`).
    public var agentRemovalRateLimit: RemovalRateLimit?

    /// How many of the agents, in percent, may be missing when the time to come back after a restart is over; with more
    /// the master ends instead (Mesos: `--recovery_agent_removal_limit`).
    public var recoveryRemovalLimit = 100.0

    /// How long unreachable and gone agents are remembered (Mesos: `--registry_max_agent_age`).
    public var registryAgentAge: Duration = .seconds(14 * 86_400)

    /// How often agents that are older are looked for (Mesos: `--registry_gc_interval`).
    public var registryCleanUpInterval: Duration = .seconds(900)

    /// The least time between two rounds of offers: changes within it become one round.
    public var allocationInterval: Duration = .milliseconds(20)

    /// How long an offer may stay unanswered before it is rescinded (Mesos: `--offer_timeout`); for ever if nil.
    public var offerTimeout: Duration?

    /// How much is kept and admitted.
    public var limits = MasterLimits()

    /// A configuration with the defaults of Mesos.
    public init(masterInfo: Mesos_V1_MasterInfo) {
        self.masterInfo = masterInfo
    }

    /// How long an agent may be silent or away before it is unreachable.
    public var agentTimeout: Duration {
        agentHeartbeatInterval * missedAgentHeartbeats
    }
}

/// So many agents in so much time.
public struct RemovalRateLimit: Hashable, Sendable {
    /// How many agents.
    public let agents: Int

    /// In which time.
    public let duration: Duration

    /// Nothing if that is no rate: both must be above zero.
    public init?(agents: Int, duration: Duration) {
        guard agents > 0, duration > .zero else { return nil }
        self.agents = agents
        self.duration = duration
    }

    /// The time from one agent to the next.
    var interval: Duration { duration / agents }
}
