public import Cluster
public import Foundation
import MesosAPI
public import MesosMessages

/// An event for a scheduler, in the core's own types: the shell makes the message of it on another thread.
public enum SchedulerEvent: Sendable {
    /// The subscription stands.
    case subscribed(FrameworkID, heartbeatInterval: Duration, Mesos_V1_MasterInfo)

    /// New offers, all of one allocation round.
    case offers([OfferEntry])

    /// An offer is no longer valid.
    case rescind(OfferID)

    /// Requests to leave agents.
    case inverseOffers([InverseOfferEntry])

    /// A request to leave an agent is no longer valid.
    case rescindInverse(OfferID)

    /// The state of a task; to be acknowledged if it has a uuid.
    case update(Mesos_V1_TaskStatus)

    /// What became of an operation that was given an id.
    case operationUpdate(Mesos_V1_OperationStatus)

    /// Bytes of an executor.
    case message(AgentID, ExecutorID, Data)

    /// An agent is gone.
    case agentLost(AgentID)

    /// An executor ended with this wait(2) status.
    case executorLost(AgentID, ExecutorID, status: Int32)

    /// The scheduler must give up this subscription.
    case error(String)

    /// The stream lives.
    case heartbeat

    /// The event as it goes over the wire.
    public var message: Mesos_V1_Scheduler_Event {
        var event = Mesos_V1_Scheduler_Event()
        switch self {
        case .subscribed(let id, let interval, let master):
            event.type = .subscribed
            event.subscribed.frameworkID = id.message
            event.subscribed.heartbeatIntervalSeconds = Double(interval.clampedNanoseconds) / 1e9
            event.subscribed.masterInfo = master
        case .offers(let offers):
            event.type = .offers
            event.offers.offers = offers.map(\.message)
        case .rescind(let id):
            event.type = .rescind
            event.rescind.offerID = id.message
        case .inverseOffers(let offers):
            event.type = .inverseOffers
            event.inverseOffers.inverseOffers = offers.map(\.message)
        case .rescindInverse(let id):
            event.type = .rescindInverseOffer
            event.rescindInverseOffer.inverseOfferID = id.message
        case .update(let status):
            event.type = .update
            event.update.status = status
        case .operationUpdate(let status):
            event.type = .updateOperationStatus
            event.updateOperationStatus.status = status
        case .message(let agent, let executor, let data):
            event.type = .message
            event.message.agentID = agent.message
            event.message.executorID = executor.message
            event.message.data = data
        case .agentLost(let id):
            event.type = .failure
            event.failure.agentID = id.message
        case .executorLost(let agent, let executor, let status):
            event.type = .failure
            event.failure.agentID = agent.message
            event.failure.executorID = executor.message
            event.failure.status = status
        case .error(let text):
            event.type = .error
            event.error.message = text
        case .heartbeat:
            event.type = .heartbeat
        }
        return event
    }
}
