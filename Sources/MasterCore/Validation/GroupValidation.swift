import Cluster
import MesosMessages

/// The rules on a task group and its executor (Mesos: `master/validation.cpp`, group and executor).
enum GroupValidation {
    static func check(_ group: Mesos_V1_Offer.Operation.LaunchGroup, framework: FrameworkID) throws(Problem) {
        guard !group.taskGroup.tasks.isEmpty else { throw Problem("task_group.tasks: none; a group has at least one task") }
        try checkExecutor(group.executor, framework: framework)
        var ids: Set<String> = []
        for task in group.taskGroup.tasks {
            guard ids.insert(task.taskID.value).inserted else {
                throw Problem(
                    "task_group.tasks: task_id '\(task.taskID.value.prefix(255))' is there twice; give each task an id of its own"
                )
            }
            do { try check(task, in: group) } catch { throw Problem("task '\(task.taskID.value.prefix(255))': \(error)") }
        }
        try checkSharing(group)
    }

    /// The executor of a group keeps its sandbox for the tasks'.
    static func checkDisk(of resources: Resources) throws(Problem) {
        guard resources.scalar("disk").thousandths > 0 else { throw Problem("executor.resources: an executor needs some disk") }
    }

    private static func checkExecutor(_ executor: Mesos_V1_ExecutorInfo, framework: FrameworkID) throws(Problem) {
        guard executor.hasType, executor.type != .unknown else {
            throw Problem("executor.type: missing or unknown; use DEFAULT or CUSTOM")
        }
        try ExecutorValidation.check(executor, framework: framework)
        if executor.hasContainer, executor.container.type == .docker {
            throw Problem("executor.container.type: an executor of groups cannot run in a container of type DOCKER; use MESOS")
        }
    }

    private static func check(_ task: Mesos_V1_TaskInfo, in group: Mesos_V1_Offer.Operation.LaunchGroup) throws(Problem) {
        if task.hasExecutor, task.executor != group.executor {
            throw Problem("executor: differs from the group's; leave it out")
        }
        guard task.hasCommand || task.container.hasMesos else {
            throw Problem("command: missing; a task needs one, or an image that has one")
        }
        if task.hasContainer, task.container.type == .docker || task.container.hasDocker {
            throw Problem("container: type DOCKER cannot be in a group; use MESOS with an image")
        }
        if !task.container.networkInfos.isEmpty, task.healthCheck.type == .http || task.healthCheck.type == .tcp {
            throw Problem("health_check: HTTP and TCP checks cannot reach a task with network_infos of its own; use COMMAND")
        }
        if !task.limits.isEmpty, task.sharesCgroups {
            throw Problem("limits: need container.linux_info.share_cgroups to be false, so that the task has a cgroup of its own")
        }
    }

    /// Either all tasks under one executor have cgroups of their own or none has.
    private static func checkSharing(_ group: Mesos_V1_Offer.Operation.LaunchGroup) throws(Problem) {
        guard Set(group.taskGroup.tasks.map(\.sharesCgroups)).count == 1 else {
            throw Problem("container.linux_info.share_cgroups: must be the same for all tasks under one executor")
        }
    }
}

extension Mesos_V1_TaskInfo {
    /// Whether a task of a group runs in its executor's cgroups.
    fileprivate var sharesCgroups: Bool { container.linuxInfo.shareCgroups }
}
