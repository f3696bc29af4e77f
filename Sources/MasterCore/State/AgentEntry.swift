package import Cluster
package import HashTreeCollections
package import MesosAPI
package import MesosMessages

/// An executor within one agent.
package struct ExecutorKey: Hashable, Comparable, Sendable {
    package let framework: FrameworkID
    package let executor: ExecutorID

    package static func < (left: ExecutorKey, right: ExecutorKey) -> Bool {
        (left.framework, left.executor) < (right.framework, right.executor)
    }
}

/// What the master knows of one executor.
package struct ExecutorEntry: Sendable {
    package let info: Mesos_V1_ExecutorInfo
    package let resources: Resources

    /// The number of the launch that was to start it; nil for one that an agent reported.
    var launch: UInt64?
}

/// Which of an agent's subscriptions one is; those of a later process are greater.
struct SubscriptionNumber: Comparable, Sendable {
    let life: UInt64
    let attempt: UInt64

    static func < (left: Self, right: Self) -> Bool { (left.life, left.attempt) < (right.life, right.attempt) }
}

/// What the master knows of one registered agent.
package struct AgentEntry: Sendable {
    /// Whether the agent's stream is open.
    package enum Connection: Sendable {
        case connected(NewStream)
        case disconnected(since: Timestamp)
    }

    package let id: AgentID
    package var info: Mesos_V1_AgentInfo
    let subscription: SubscriptionNumber
    package var version: String
    package var capabilities: [Mesos_V1_AgentInfo.Capability]
    package var total: Resources
    package var connection: Connection
    package var lastHeard: Timestamp
    package let registered: Timestamp
    package var reregistered: Timestamp?

    /// Where its stream comes from, if that is known.
    package let ip: String?

    /// When its machine is not there, if that is planned.
    package var unavailability: Mesos_V1_Unavailability? {
        didSet { if let unavailability { offerTemplate.unavailability = unavailability } else { offerTemplate.clearUnavailability() } }
    }
    package var executors = TreeDictionary<ExecutorKey, ExecutorEntry>()
    package var tasks = TreeSet<TaskKey>()
    package var offers = TreeSet<OfferID>()

    /// What all offers of this agent have in common.
    package var offerTemplate = Mesos_V1_Offer()

    /// The open stream, if there is one.
    package var stream: StreamID? {
        guard case .connected(let stream) = connection else { return nil }
        return stream.id
    }

    /// Where the agent says that it is reached.
    package var address: String { info.address }

    /// How libprocess would name the agent: kept because clients show it.
    package var processAddress: String {
        "slave(1)@\(info.hostname):\(info.port)"
    }
}

extension Mesos_V1_AgentInfo {
    /// Where the agent says that it is reached.
    var address: String { "\(hostname):\(port)" }
}

extension Mesos_V1_Offer {
    /// What every offer of an agent says alike.
    init(template info: Mesos_V1_AgentInfo, agent: AgentID) {
        self.init()
        agentID = agent.message
        hostname = info.hostname
        attributes = info.attributes
        if info.hasDomain { domain = info.domain }
        url.scheme = "http"
        url.path = "/slave(1)"
        url.address.hostname = info.hostname
        url.address.port = info.port
        if IPv4Address(info.hostname) != nil { url.address.ip = info.hostname }
    }
}

/// An agent that the registry knows and that has not come back since the master's restart.
package struct RecoveredAgent: Sendable {
    package let info: Mesos_V1_AgentInfo
    package let registered: Timestamp
}

/// An agent that stayed away too long; it may come back.
package struct UnreachableAgent: Sendable {
    package let since: Timestamp

    /// What it ran, as far as this master knew.
    package var tasks: [TaskKey] = []
}

/// An agent that an operator gave up; it may not come back.
package struct GoneAgent: Sendable {
    package let since: Timestamp
}
