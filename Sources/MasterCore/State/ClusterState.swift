public import Cluster
package import HashTreeCollections
public import MesosMessages

/// All that a master shows outside: a value whose copies share their contents, so that readers never delay the writer.
public struct ClusterState: Sendable {
    /// Who this master is.
    public let masterInfo: Mesos_V1_MasterInfo

    /// When this master began.
    public let started: Timestamp

    /// What happened so far, counted.
    public internal(set) var counters = MasterCounters()

    /// How many watch the cluster by SUBSCRIBE of the operator API.
    public internal(set) var operatorSubscribers = 0

    package internal(set) var frameworks = TreeDictionary<FrameworkID, FrameworkEntry>()
    package internal(set) var completedFrameworks: History<FrameworkEntry>
    package internal(set) var agents = TreeDictionary<AgentID, AgentEntry>()
    package internal(set) var recoveredAgents = TreeDictionary<AgentID, RecoveredAgent>()
    package internal(set) var unreachableAgents: KeyedHistory<AgentID, UnreachableAgent>
    package internal(set) var goneAgents: KeyedHistory<AgentID, GoneAgent>

    /// What operators decided about agents, by their ids.
    package internal(set) var services = TreeDictionary<AgentID, AgentService>()

    /// When which machines leave the cluster, and which have.
    package internal(set) var maintenance = Maintenance.none

    /// Requests to leave agents that are not answered yet, and the answers.
    package internal(set) var inverseOffers = TreeDictionary<InverseOfferKey, InverseOfferEntry>()
    package internal(set) var inverseAnswers = TreeDictionary<InverseOfferKey, Mesos_V1_Allocator_InverseOfferStatus>()
    package internal(set) var offers = TreeDictionary<OfferID, OfferEntry>()

    init(masterInfo: Mesos_V1_MasterInfo, started: Timestamp, limits: MasterLimits) {
        self.masterInfo = masterInfo
        self.started = started
        completedFrameworks = History(limit: limits.completedFrameworks)
        unreachableAgents = KeyedHistory(limit: limits.unreachableAgents)
        goneAgents = KeyedHistory(limit: limits.unreachableAgents)
    }
}

/// What a master counted since it began, under the words of Mesos's metrics.
public struct MasterCounters: Sendable {
    /// Tasks that ended, by the state they ended in.
    public internal(set) var endedTasks: [Mesos_V1_TaskState: Int] = [:]

    /// Calls of schedulers that were carried out or refused by the core, by type.
    public internal(set) var calls: [Mesos_V1_Scheduler_Call.TypeEnum: Int] = [:]

    /// Status updates of agents that belonged to a known framework.
    public internal(set) var validStatusUpdates = 0

    /// Status updates for frameworks nobody knows any more.
    public internal(set) var invalidStatusUpdates = 0

    /// Acknowledgements passed on to agents.
    public internal(set) var validAcknowledgements = 0

    /// Acknowledgements for agents or updates that are not known.
    public internal(set) var invalidAcknowledgements = 0

    /// SUBSCRIBE calls that brought an id.
    public internal(set) var resubscriptions = 0

    /// Messages of schedulers that were passed on to agents.
    public internal(set) var validFrameworkMessages = 0

    /// Messages of schedulers for agents that were not there.
    public internal(set) var invalidFrameworkMessages = 0

    /// Messages of executors.
    public internal(set) var executorMessages = 0

    /// Messages of executors that were passed on to schedulers.
    public internal(set) var validExecutorMessages = 0

    /// Messages of executors for frameworks that were not there.
    public internal(set) var invalidExecutorMessages = 0

    /// Operations other than launches, by what became of them.
    public internal(set) var operations: [OperationEnd: Int] = [:]

    /// Acknowledgements for operations that are not known.
    public internal(set) var invalidOperationAcknowledgements = 0

    /// Offers that were rescinded because nobody answered them in time.
    public internal(set) var offersTimedOut = 0

    /// Offers that were made.
    public internal(set) var offersMade = 0

    /// Offers that were accepted, with or without launching something.
    public internal(set) var offersAccepted = 0

    /// Offers that were declined.
    public internal(set) var offersDeclined = 0

    /// Offers that were taken back.
    public internal(set) var offersRescinded = 0

    /// Rounds in which the allocator divided what is free.
    public internal(set) var allocationRuns = 0

    /// Tasks that ended, by state, source and reason of their last status.
    public internal(set) var taskEnds: [TaskEnd: Int] = [:]

    /// Executors that ended.
    public internal(set) var exitedExecutors = 0

    /// Agents that registered for the first time.
    public internal(set) var agentRegistrations = 0

    /// Agents that came back.
    public internal(set) var agentReregistrations = 0

    /// Agents that were removed, unreachable ones included.
    public internal(set) var agentRemovals = 0

    /// Agents that became unreachable.
    public internal(set) var agentsUnreachable = 0

    /// Agents that became unreachable because they did not come back after the master's restart.
    public internal(set) var recoveryRemovals = 0

    /// Unreachable agents whose lost tasks had to wait to be told.
    public internal(set) var lossesDelayed = 0

    /// Of these, those that came back before.
    public internal(set) var lossesCancelled = 0
}

/// How a task ended.
public struct TaskEnd: Hashable, Sendable {
    /// The state it ended in.
    public let state: Mesos_V1_TaskState

    /// Who said so.
    public let source: Mesos_V1_TaskStatus.Source

    /// Why, if that was said.
    public let reason: Mesos_V1_TaskStatus.Reason?

    init(_ status: Mesos_V1_TaskStatus) {
        state = status.state
        source = status.source
        reason = status.hasReason ? status.reason : nil
    }
}

/// What became of operations of one type.
public struct OperationEnd: Hashable, Sendable {
    /// What was to be done.
    public let type: Mesos_V1_Offer.Operation.TypeEnum

    /// What it came to.
    public let state: Mesos_V1_OperationState

    /// An end.
    public init(type: Mesos_V1_Offer.Operation.TypeEnum, state: Mesos_V1_OperationState) {
        self.type = type
        self.state = state
    }
}
