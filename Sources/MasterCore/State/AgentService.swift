public import Cluster
import HashTreeCollections
public import MesosMessages
import SwiftProtobuf

/// What operators decided about an agent beyond that it belongs to the cluster: kept in the registry until they take it back.
public struct AgentService: Hashable, Sendable {
    /// An agent that is to be empty.
    public struct Drain: Hashable, Sendable {
        /// DRAINING until nothing runs there, then DRAINED.
        public var state: Mesos_V1_DrainState

        /// How it is drained.
        public var config: Mesos_V1_DrainConfig

        /// When that began.
        public var started: Timestamp

        /// The beginning or the end of a drain.
        public init(state: Mesos_V1_DrainState, config: Mesos_V1_DrainConfig, started: Timestamp) {
            self.state = state
            self.config = config
            self.started = started
        }

        /// As the API shows it.
        public var message: Mesos_V1_DrainInfo {
            .with { info in
                info.state = state
                info.config = config
            }
        }
    }

    /// The drain that was asked for. Without one the agent is deactivated: it runs what it runs and is offered no more.
    public var drain: Drain?

    /// An agent that is not offered; with a drain, one that is emptied too.
    public init(drain: Drain? = nil) {
        self.drain = drain
    }
}

extension ClusterState {
    /// True if the agent's resources are offered.
    package func isActive(_ agent: AgentEntry) -> Bool { agent.stream != nil && services[agent.id] == nil }

    /// The drain of an agent, if it goes on.
    func runningDrain(of id: AgentID) -> AgentService.Drain? {
        guard let drain = services[id]?.drain, drain.state == .draining else { return nil }
        return drain
    }
}
