public import Cluster
import MesosAPI
public import MesosMessages

/// A change that those who watch the cluster are told of.
public enum OperatorEvent: Sendable {
    /// A task was launched, or an agent reported it.
    case taskAdded(Mesos_V1_Task)

    /// A task has a new status; `state` is its newest state, which may be ahead of that status.
    case taskUpdated(FrameworkID, Mesos_V1_TaskStatus, state: Mesos_V1_TaskState)

    /// An agent is new, or is described anew: it came back, lost its connection, was drained or the like.
    case agentAdded(Mesos_V1_Master_Response.GetAgents.Agent)

    /// An agent is not part of the cluster any more.
    case agentRemoved(AgentID)

    /// A framework is new.
    case frameworkAdded(Mesos_V1_Master_Response.GetFrameworks.Framework)

    /// A framework is described anew: it changed, came back or lost its connection.
    case frameworkUpdated(Mesos_V1_Master_Response.GetFrameworks.Framework)

    /// A framework ended.
    case frameworkRemoved(Mesos_V1_FrameworkInfo)

    /// The master lives.
    case heartbeat

    /// The event as it goes over the wire.
    public var message: Mesos_V1_Master_Event {
        var event = Mesos_V1_Master_Event()
        switch self {
        case .taskAdded(let task):
            event.type = .taskAdded
            event.taskAdded.task = task
        case .taskUpdated(let framework, let status, let state):
            event.type = .taskUpdated
            event.taskUpdated.frameworkID = framework.message
            event.taskUpdated.status = status
            event.taskUpdated.state = state
        case .agentAdded(let agent):
            event.type = .agentAdded
            event.agentAdded.agent = agent
        case .agentRemoved(let id):
            event.type = .agentRemoved
            event.agentRemoved.agentID = id.message
        case .frameworkAdded(let framework):
            event.type = .frameworkAdded
            event.frameworkAdded.framework = framework
        case .frameworkUpdated(let framework):
            event.type = .frameworkUpdated
            event.frameworkUpdated.framework = framework
        case .frameworkRemoved(let info):
            event.type = .frameworkRemoved
            event.frameworkRemoved.frameworkInfo = info
        case .heartbeat:
            event.type = .heartbeat
        }
        return event
    }
}
