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
