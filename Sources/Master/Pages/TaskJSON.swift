import Cluster
import MasterCore
import MesosAPI
import MesosMessages

extension JSONWriter {
    /// A task as `/state` shows it.
    mutating func task(_ task: TaskEntry) {
        let description = task.description
        object { writer in
            writer.field("id", description.taskID.value)
            writer.field("name", description.name)
            writer.field("framework_id", description.frameworkID.value)
            writer.field("executor_id", task.executor?.value ?? "")
            writer.field("slave_id", task.agent.value)
            writer.field("state", task.state.name)
            writer.resources("resources", task.resources)
            if let role = task.resources.allocationRoles.first { writer.field("role", role.value) }
            writer.array("statuses", task.statuses) { $0.status($1) }
            if description.hasUser { writer.field("user", description.user) }
            if description.hasLabels { writer.array("labels", description.labels.labels) { $0.element(json: MesosJSON.encode($1)) } }
            if description.hasDiscovery { writer.field("discovery", json: MesosJSON.encode(description.discovery)) }
            if description.hasContainer { writer.field("container", json: MesosJSON.encode(description.container)) }
        }
    }

    private mutating func status(_ status: Mesos_V1_TaskStatus) {
        object { writer in
            writer.field("state", status.state.name)
            writer.field("timestamp", status.timestamp)
            if status.hasHealthy { writer.field("healthy", status.healthy) }
            if status.hasLabels { writer.array("labels", status.labels.labels) { $0.element(json: MesosJSON.encode($1)) } }
            guard status.hasContainerStatus else { return }
            var container = status.containerStatus
            container.clearExecutorPid()
            writer.field("container_status", json: MesosJSON.encode(container))
        }
    }
}
