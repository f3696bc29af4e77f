import Cluster
import MesosMessages

/// The variables that the agent gives to the programs of a task, by the names that Mesos uses.
struct TaskEnvironment {
    let configuration: AgentCoreConfiguration
    let agent: AgentID
    let framework: Mesos_V1_FrameworkInfo
    let executor: StoredExecutor

    /// - Parameters:
    ///   - sandbox: the sandbox on the host.
    ///   - hasImage: whether the program sees an image instead of the host's files.
    func variables(
        task: Mesos_V1_TaskInfo?,
        sandbox: String,
        hasImage: Bool
    ) -> [EnvironmentVariable] {
        let endpoint = "\(configuration.address):\(configuration.info.port)"
        var variables = [
            EnvironmentVariable("MESOS_FRAMEWORK_ID", executor.key.framework.value),
            EnvironmentVariable("MESOS_EXECUTOR_ID", executor.key.executor.value),
            EnvironmentVariable("MESOS_SLAVE_ID", agent.value),
            EnvironmentVariable("MESOS_SLAVE_PID", "slave(1)@\(endpoint)"),
            EnvironmentVariable("MESOS_AGENT_ENDPOINT", endpoint),
            EnvironmentVariable("MESOS_CHECKPOINT", framework.checkpoint ? "1" : "0"),
            EnvironmentVariable("MESOS_DIRECTORY", executor.sandbox),
            EnvironmentVariable("MESOS_SANDBOX", hasImage ? Sandbox.pathInImage : sandbox),
            EnvironmentVariable("MESOS_CONTAINER_IP", configuration.address),
        ]
        if let task { variables.append(EnvironmentVariable("MESOS_TASK_ID", task.taskID.value)) }
        let resources = executor.info.resources + (task?.resources ?? [])
        if let role = resources.first(where: { $0.hasAllocationInfo && $0.allocationInfo.hasRole })?.allocationInfo.role {
            variables.append(EnvironmentVariable("MESOS_ALLOCATION_ROLE", role))
        }
        return variables
    }
}
