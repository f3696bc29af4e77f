import MesosMessages

/// Which task a container belongs to, and what its framework is called, by what the master knows.
struct TaskNames: Sendable {
    private struct Place: Hashable {
        let agentID: String
        let container: String
    }

    private var tasks: [Place: String] = [:]
    private var frameworks: [String: String] = [:]

    init() {}

    init(tasks: [Mesos_V1_Task], frameworks: [Mesos_V1_FrameworkInfo]) {
        for task in tasks {
            guard let status = task.statuses.last(where: { $0.containerStatus.hasContainerID }) else { continue }
            self.tasks[Place(agentID: task.agentID.value, container: status.containerStatus.containerID.words)] = task.taskID.value
        }
        for framework in frameworks { self.frameworks[framework.id.value] = framework.name }
    }

    /// The task's id; of a container of an executor the executor's; of others the innermost name of the container.
    func task(of reading: ContainerReading, on agentID: String) -> String {
        if let task = tasks[Place(agentID: agentID, container: reading.container)] { return task }
        if reading.parent == nil, !reading.executorID.isEmpty { return reading.executorID }
        return reading.container.split(separator: ".").last.map(String.init) ?? reading.container
    }

    func framework(_ id: String) -> String { frameworks[id].flatMap { $0.isEmpty ? nil : $0 } ?? id }
}
