import Cluster
import MesosMessages

/// Where the output of a task stands.
struct TaskSandbox: Hashable {
    let taskID: TaskID
    /// The task's name, which stands before its lines.
    let name: String
    let agent: Endpoint
    /// As the agent's file calls name it.
    let directory: String
    /// Its container, as its agent calls it.
    let container: Mesos_V1_ContainerID

    /// The folder of a task by the names that agents give to their sandboxes, the same as Mesos's.
    ///
    /// - Parameters:
    ///   - executor: the executor's id; a task without one has an executor of its own id.
    ///   - container: of a task in a group, its container's own id.
    static func directory(framework: String, executor: String, container: String?) -> String {
        let run = "/frameworks/\(framework)/executors/\(executor)/runs/latest"
        return container.map { "\(run)/containers/\($0)" } ?? run
    }
}
