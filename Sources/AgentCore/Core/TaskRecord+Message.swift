import Cluster
import MesosAPI
public import MesosMessages

extension TaskRecord {
    /// The task as the master and operators see it; a task of its own shows no executor, as in Mesos.
    public var message: Mesos_V1_Task {
        let info = stored.info
        var message = Mesos_V1_Task()
        message.name = info.name
        message.taskID = info.taskID
        message.frameworkID.value = key.framework.value
        if let container = stored.container, container.depth > 1 || stored.delivery != nil, let executor = stored.executor {
            message.executorID.value = executor.executor.value
        }
        message.agentID = info.agentID
        message.state = state
        message.resources = info.resources
        message.statuses = statuses
        if let shown = stored.updates.isEmpty ? nil : stored.updates[min(stored.acknowledged, stored.updates.count - 1)] {
            message.statusUpdateState = shown.status.state
            message.statusUpdateUuid = shown.status.uuid
        }
        if info.hasLabels { message.labels = info.labels }
        if info.hasDiscovery { message.discovery = info.discovery }
        if info.hasContainer { message.container = info.container.withoutSecrets }
        if info.hasHealthCheck { message.healthCheck = info.healthCheck }
        if info.hasKillPolicy { message.killPolicy = info.killPolicy }
        if info.hasCommand, info.command.hasUser { message.user = info.command.user }
        message.limits = info.limits
        return message
    }

    /// As in Mesos, of several in one state only the last.
    private var statuses: [Mesos_V1_TaskStatus] {
        var statuses: [Mesos_V1_TaskStatus] = []
        for update in stored.updates {
            if statuses.last?.state == update.status.state { statuses.removeLast() }
            statuses.append(update.status)
        }
        return statuses
    }
}
