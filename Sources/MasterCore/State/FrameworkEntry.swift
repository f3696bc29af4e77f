package import Cluster
package import HashTreeCollections
package import MesosAPI
package import MesosMessages

/// What a framework said it can deal with (mesos.proto, `FrameworkInfo.Capability`).
package struct FrameworkCapabilities: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    init(_ list: [Mesos_V1_FrameworkInfo.Capability]) {
        self = list.reduce(into: []) { set, capability in
            set.insert(FrameworkCapabilities(rawValue: 1 << capability.type.rawValue))
        }
    }

    package static let multiRole = Self(.multiRole)
    package static let partitionAware = Self(.partitionAware)
    static let revocableResources = Self(.revocableResources)
    static let gpuResources = Self(.gpuResources)
    static let sharedResources = Self(.sharedResources)
    static let reservationRefinement = Self(.reservationRefinement)
    static let regionAware = Self(.regionAware)

    private init(_ type: Mesos_V1_FrameworkInfo.Capability.TypeEnum) {
        rawValue = 1 << type.rawValue
    }
}

/// What the master knows of one framework.
package struct FrameworkEntry: Sendable {
    /// Whether the framework's stream is open.
    package enum Connection: Sendable {
        case connected(NewStream)
        /// Its stream closed; it is given `failover_timeout` to come back.
        case disconnected
        /// An agent told of it; it has not subscribed to this master yet.
        case recovered
    }

    package let id: FrameworkID
    package var info: Mesos_V1_FrameworkInfo
    package var roles: [RoleName]
    package var capabilities: FrameworkCapabilities
    package var suppressed: Set<RoleName>
    package var offerConstraints: Mesos_V1_Scheduler_OfferConstraints
    package var connection: Connection
    package let registered: Timestamp
    package var reregistered: Timestamp?
    package var unregistered: Timestamp?
    package var tasks = TreeDictionary<TaskID, TaskEntry>()
    package var offers = TreeSet<OfferID>()
    package var completed: History<TaskEntry>

    /// Tasks whose agents are unreachable.
    package var unreachable: KeyedHistory<TaskID, TaskEntry>

    /// The open stream, if there is one.
    package var stream: StreamID? {
        guard case .connected(let stream) = connection else { return nil }
        return stream.id
    }

    /// True after an agent told of the framework and before it subscribed.
    package var isRecovered: Bool {
        guard case .recovered = connection else { return false }
        return true
    }

    /// How long the framework may be away.
    package var failoverTimeout: Duration {
        let seconds = info.failoverTimeout
        guard seconds > 0 else { return .zero }
        return seconds < Self.longestFailover ? .nanoseconds(Int64(seconds * 1e9)) : .nanoseconds(Int64.max)
    }

    private static var longestFailover: Double { 9e9 }

    /// The state that stands for "not running any more" to this framework: only partition-aware ones know the finer words.
    package func lost(as state: Mesos_V1_TaskState) -> Mesos_V1_TaskState {
        capabilities.contains(.partitionAware) ? state : .taskLost
    }
}
