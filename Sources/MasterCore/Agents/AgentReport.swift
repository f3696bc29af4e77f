import Cluster
import MesosAPI
import MesosMessages

/// What an agent says of itself when it subscribes, read and checked.
struct AgentReport {
    let id: AgentID?
    let number: SubscriptionNumber
    let info: Mesos_V1_AgentInfo
    let version: String
    let capabilities: [Mesos_V1_AgentInfo.Capability]
    let total: Resources
    let frameworks: [(id: FrameworkID, info: Mesos_V1_FrameworkInfo)]
    let executors: [(key: ExecutorKey, entry: ExecutorEntry)]
    let tasks: [(key: TaskKey, task: Mesos_V1_Task, resources: Resources)]

    init(_ subscribe: Agora_V1_AgentCall.Subscribe) throws(Problem) {
        number = SubscriptionNumber(life: subscribe.life, attempt: subscribe.attempt)
        info = subscribe.agent
        version = subscribe.version
        capabilities = subscribe.capabilities
        id = try Self.id(of: subscribe.agent)
        total = try Self.resources(subscribe.agent.resources, of: "agent.resources")
        guard !total.isEmpty else { throw Problem("agent.resources: none; an agent must have something to offer") }
        frameworks = try subscribe.frameworks.map { (framework) throws(Problem) in
            guard framework.hasID else { throw Problem("frameworks: '\(framework.name.prefix(64))' has no id") }
            do { return (try FrameworkID(validating: framework.id.value), framework) } catch { throw Problem("frameworks: \(error)") }
        }
        executors = try subscribe.executors.map { (executor) throws(Problem) in
            let key = ExecutorKey(framework: FrameworkID(executor.frameworkID), executor: ExecutorID(executor.executor.executorID))
            let resources = try Self.resources(executor.executor.resources, of: "executors: '\(key.executor)'")
            return (key, ExecutorEntry(info: executor.executor, resources: resources))
        }
        tasks = try subscribe.tasks.map { (task) throws(Problem) in
            let key = TaskKey(framework: FrameworkID(task.frameworkID), task: TaskID(task.taskID))
            return (key, task, try Self.resources(task.resources, of: "tasks: '\(key.task)'"))
        }
    }

    private static func id(of info: Mesos_V1_AgentInfo) throws(Problem) -> AgentID? {
        guard info.hasID, !info.id.value.isEmpty else { return nil }
        do { return try AgentID(validating: info.id.value) } catch { throw Problem("agent.id: \(error)") }
    }

    private static func resources(_ messages: [Mesos_V1_Resource], of field: String) throws(Problem) -> Resources {
        do { return try Resources(messages) } catch { throw Problem("\(field): \(error)") }
    }
}
