public import Cluster
public import Foundation
import MesosAPI
public import MesosMessages

/// An event for an agent, in the core's own types: the shell makes the message of it on another thread.
public enum AgentEvent: Sendable {
    /// The agent is registered under this id.
    case subscribed(AgentID, heartbeatInterval: Duration, Mesos_V1_MasterInfo)

    /// Tasks to run, all or none: with an executor the group that it runs, without one a task for the command executor.
    case launch(Mesos_V1_FrameworkInfo, executor: Mesos_V1_ExecutorInfo?, [Mesos_V1_TaskInfo])

    /// A task for a custom executor, which is to be started if it does not run yet.
    case launchOn(Mesos_V1_ExecutorInfo, Mesos_V1_FrameworkInfo, Mesos_V1_TaskInfo)

    /// A further group for an executor that runs there; if it has ended meanwhile, the agent drops the tasks.
    case join(Mesos_V1_FrameworkInfo, executor: Mesos_V1_ExecutorInfo, [Mesos_V1_TaskInfo])

    /// A task to end.
    case kill(FrameworkID, TaskID, Mesos_V1_KillPolicy?)

    /// A status update has reached its scheduler.
    case acknowledge(FrameworkID, TaskID, uuid: Data)

    /// A framework is gone: all it runs is to end.
    case shutdownFramework(FrameworkID)

    /// An executor is to end.
    case shutdownExecutor(FrameworkID, ExecutorID)

    /// Bytes of a scheduler for its executor.
    case message(FrameworkID, ExecutorID, Data)

    /// A framework that runs something there describes itself anew.
    case updateFramework(Mesos_V1_FrameworkInfo)

    /// The agent is not wanted any more: all it runs is to end, then it is to stop with these words.
    case shutdown(String)

    /// The agent is to be empty; nothing: not any more, or it is.
    case drain(AgentService.Drain?)

    /// The master lives.
    case heartbeat

    /// The agent must not come back as what it was.
    case error(String)

    /// The event as it goes over the wire.
    public var message: Agora_V1_AgentEvent {
        var event = Agora_V1_AgentEvent()
        switch self {
        case .subscribed(let id, let interval, let master):
            event.type = .subscribed
            event.subscribed.agentID = id.message
            event.subscribed.heartbeatIntervalSeconds = Double(interval.clampedNanoseconds) / 1e9
            event.subscribed.masterInfo = master
        case .launch(let framework, let executor, let tasks):
            event.type = .launch
            event.launch.framework = framework
            if let executor { event.launch.executor = executor }
            event.launch.tasks = tasks
            event.launch.isGroup = executor != nil
        case .launchOn(let executor, let framework, let task):
            event.type = .launch
            event.launch.framework = framework
            event.launch.executor = executor
            event.launch.tasks = [task]
            event.launch.isGroup = false
        case .join(let framework, let executor, let tasks):
            event.type = .launch
            event.launch.framework = framework
            event.launch.executor = executor
            event.launch.tasks = tasks
            event.launch.isGroup = true
            event.launch.executorRuns = true
        case .kill(let framework, let task, let policy):
            event.type = .kill
            event.kill.frameworkID = framework.message
            event.kill.taskID = task.message
            if let policy { event.kill.killPolicy = policy }
        case .acknowledge(let framework, let task, let uuid):
            event.type = .acknowledge
            event.acknowledge.frameworkID = framework.message
            event.acknowledge.taskID = task.message
            event.acknowledge.uuid = uuid
        case .shutdownFramework(let framework):
            event.type = .shutdownFramework
            event.shutdownFramework.frameworkID = framework.message
        case .shutdownExecutor(let framework, let executor):
            event.type = .shutdownExecutor
            event.shutdownExecutor.frameworkID = framework.message
            event.shutdownExecutor.executorID = executor.message
        case .message(let framework, let executor, let data):
            event.type = .message
            event.message.frameworkID = framework.message
            event.message.executorID = executor.message
            event.message.data = data
        case .updateFramework(let framework):
            event.type = .updateFramework
            event.updateFramework.framework = framework
        case .shutdown(let text):
            event.type = .shutdown
            event.shutdown.message = text
        case .drain(let drain):
            event.type = .drain
            event.drain = .init()
            if let drain {
                event.drain.config = drain.config
                event.drain.started.nanoseconds = drain.started.nanoseconds
            }
        case .heartbeat:
            event.type = .heartbeat
        case .error(let text):
            event.type = .error
            event.error.message = text
        }
        return event
    }
}
