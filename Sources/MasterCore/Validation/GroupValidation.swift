import Cluster
import MesosMessages

/// The rules on a task group and its executor (Mesos: `master/validation.cpp`, group and executor).
enum GroupValidation {
    static func check(_ group: Mesos_V1_Offer.Operation.LaunchGroup, framework: FrameworkID) throws(Problem) {
        guard !group.taskGroup.tasks.isEmpty else { throw Problem("task_group.tasks: none; a group has at least one task") }
        try check(group.executor, framework: framework)
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

    /// What a default executor needs for itself (Mesos: `MIN_CPUS`, `MIN_MEM`; some disk).
    static func checkMinimum(_ resources: Resources) throws(Problem) {
        guard resources.scalar("cpus").thousandths >= 10 else { throw Problem("executor.resources: an executor needs at least 0.01 cpus") }
        guard resources.scalar("mem").thousandths >= 32_000 else {
            throw Problem("executor.resources: an executor needs at least 32 MB of mem")
        }
        guard resources.scalar("disk").thousandths > 0 else { throw Problem("executor.resources: an executor needs some disk") }
    }

    private static func check(_ executor: Mesos_V1_ExecutorInfo, framework: FrameworkID) throws(Problem) {
        switch executor.type {
        case .default: break
        case .custom: throw Problem("executor.type: custom executors are not built yet in Agora; use DEFAULT")
        case .unknown: throw Problem("executor.type: missing or unknown; use DEFAULT")
        }
        do { _ = try ExecutorID(validating: executor.executorID.value) } catch { throw Problem("executor.executor_id: \(error)") }
        if executor.hasFrameworkID, executor.frameworkID.value != framework.value {
            throw Problem("executor.framework_id: '\(executor.frameworkID.value.prefix(255))' is not this framework, '\(framework)'")
        }
        if executor.hasCommand { throw Problem("executor.command: the DEFAULT executor has none; leave it out") }
        if executor.hasShutdownGracePeriod, executor.shutdownGracePeriod.nanoseconds < 0 {
            throw Problem("executor.shutdown_grace_period: a time must not be negative")
        }
        guard executor.hasContainer else { return }
        if executor.container.type == .docker || executor.container.hasDocker || executor.container.hasMesos {
            throw Problem("executor.container: the DEFAULT executor has no image; give images to the tasks")
        }
        if executor.container.linuxInfo.hasShareCgroups, executor.container.linuxInfo.shareCgroups {
            throw Problem("executor.container.linux_info.share_cgroups: an executor has no parent to share with; leave it out")
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
