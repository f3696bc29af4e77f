public import Cluster
public import MesosMessages

/// What a master must not lose: who belongs to the cluster, and who may never come back.
///
/// It is what all changes so far, applied in order, come to. A master that starts anew is made of it
/// (`MasterCore.init(_:recovering:allocator:at:)`). Tasks are not in it: their agents report them.
public struct Registry: Hashable, Sendable {
    /// The agents that belong to the cluster, whether they are there or not.
    public private(set) var agents: [AgentID: AdmittedAgent] = [:]

    /// The agents that stayed away too long, and since when. They may come back.
    public private(set) var unreachable: [AgentID: Timestamp] = [:]

    /// The agents that an operator gave up, and since when. They may not come back.
    public private(set) var gone: [AgentID: Timestamp] = [:]

    /// What operators decided about agents that are not gone.
    public private(set) var services: [AgentID: AgentService] = [:]

    /// When which machines leave the cluster, and which have.
    public private(set) var maintenance = Maintenance.none

    /// The frameworks that were not torn down, connected or not.
    public private(set) var frameworks: [FrameworkID: RegisteredFramework] = [:]

    /// The frameworks that ended, and when. They may not come back.
    public private(set) var removedFrameworks: [FrameworkID: Timestamp] = [:]

    /// The registry of a cluster that begins.
    public init() {}

    /// Makes one change. A change that was made before changes nothing more.
    public mutating func apply(_ change: RegistryChange) {
        switch change {
        case .admitAgent(let agent):
            unreachable[agent.id] = nil
            agents[agent.id] = agent
        case .markUnreachable(let id, let since):
            agents[id] = nil
            unreachable[id] = since
        case .markGone(let id, let since):
            agents[id] = nil
            unreachable[id] = nil
            services[id] = nil
            gone[id] = since
        case .forgetAgent(let id):
            agents[id] = nil
            unreachable[id] = nil
            gone[id] = nil
            services[id] = nil
        case .setService(let id, let service): services[id] = service
        case .setMaintenance(let maintenance): self.maintenance = maintenance
        case .putFramework(let framework): frameworks[framework.id] = framework
        case .removeFramework(let id, let moment):
            frameworks[id] = nil
            removedFrameworks[id] = moment
        case .forgetFramework(let id): removedFrameworks[id] = nil
        }
    }
}

/// One change of a registry, small enough that many fit into one transaction.
public enum RegistryChange: Hashable, Sendable {
    /// An agent belongs to the cluster: a new one, one that came back, or one that describes itself anew.
    case admitAgent(AdmittedAgent)

    /// An agent stayed away too long.
    case markUnreachable(AgentID, since: Timestamp)

    /// An operator gave an agent up.
    case markGone(AgentID, since: Timestamp)

    /// An agent left for good, or was away for so long that nothing is kept of it any more.
    case forgetAgent(AgentID)

    /// An operator decided something about an agent; nothing: took all of it back.
    case setService(AgentID, AgentService?)

    /// An operator changed the maintenance schedule, or took machines down or up.
    case setMaintenance(Maintenance)

    /// A framework is new, or described itself anew.
    case putFramework(RegisteredFramework)

    /// A framework ended; its id is refused from now on.
    case removeFramework(FrameworkID, at: Timestamp)

    /// A framework ended so long ago, or so many ended since, that nothing is kept of it any more.
    case forgetFramework(FrameworkID)
}

/// An agent that belongs to the cluster.
public struct AdmittedAgent: Hashable, Sendable {
    /// Its id.
    public var id: AgentID

    /// How it described itself last.
    public var info: Mesos_V1_AgentInfo

    /// When it came to the cluster.
    public var registered: Timestamp

    /// An agent that belongs to the cluster since `registered`.
    public init(id: AgentID, info: Mesos_V1_AgentInfo, registered: Timestamp) {
        self.id = id
        self.info = info
        self.registered = registered
    }
}

/// A framework that was not torn down.
public struct RegisteredFramework: Hashable, Sendable {
    /// Its id.
    public var id: FrameworkID

    /// How it described itself last, with its id.
    public var info: Mesos_V1_FrameworkInfo

    /// When it subscribed first.
    public var registered: Timestamp

    /// A framework that subscribed first at `registered`.
    public init(id: FrameworkID, info: Mesos_V1_FrameworkInfo, registered: Timestamp) {
        self.id = id
        self.info = info
        self.registered = registered
    }
}
