import Cluster
import MesosMessages

/// A task, known to ask for nothing that this agent cannot do.
struct TaskPlan {
    let task: Mesos_V1_TaskInfo
    let request: ContainerRequest
    let limits: ContainerLimits
    let options: TaskOptions
    let wishes: VolumeWishes

    /// - Throws: what is wrong with the task, by field.
    init(_ task: Mesos_V1_TaskInfo, for kind: ExecutorKind) throws(LaunchRefusal) {
        self.task = task
        try Self.checkFields(of: task)
        request = try ContainerRequest(
            command: task.hasCommand ? task.command : nil,
            container: task.hasContainer ? task.container : nil,
            resources: task.resources,
            isNested: kind == .default
        )
        limits = try ContainerLimits(resources: task.resources, limits: task.limits)
        options = try TaskOptions(task.labels)
        wishes = try VolumeWishes(ofTask: task.labels)
        guard request.command != nil || request.image != nil else {
            throw LaunchRefusal("command: missing; a task without an image must say what to run")
        }
        try checkSharing(for: kind)
    }

    private static func checkFields(of task: Mesos_V1_TaskInfo) throws(LaunchRefusal) {
        _ = try TaskCheckRules(task)
        let hasVolumes = task.resources.contains { $0.hasDisk && ($0.disk.hasPersistence || $0.disk.hasVolume) }
        guard !hasVolumes else { throw .unsupported("resources", "persistent volumes are") }
        guard !task.hasExecutor || (task.executor.type == .default && !task.executor.hasCommand) else {
            throw LaunchRefusal("executor: is none of the built-in ones, and has no command that would start it")
        }
        guard !task.hasMaxCompletionTime || task.maxCompletionTime.nanoseconds >= 0 else {
            throw LaunchRefusal("max_completion_time: must not be negative")
        }
        guard !task.hasKillPolicy || task.killPolicy.gracePeriod.nanoseconds >= 0 else {
            throw LaunchRefusal("kill_policy.grace_period: must not be negative")
        }
    }

    private func checkSharing(for kind: ExecutorKind) throws(LaunchRefusal) {
        let field = "container.linux_info.share_cgroups"
        switch kind {
        case .command:
            guard request.sharesCgroup != false else {
                throw LaunchRefusal("\(field): false is for tasks of a group; a single task always has its own")
            }
            let fromParent = request.volumes.contains { if case .parentSandbox = $0.source { true } else { false } }
            guard !fromParent else {
                throw LaunchRefusal("container.volumes: SANDBOX_PATH PARENT is for tasks of a group; use SELF")
            }
        case .default:
            guard request.sharesCgroup != true || task.limits.isEmpty else {
                throw LaunchRefusal("\(field): must be false for a task with limits")
            }
            guard request.sharesCgroup != true || !options.needsCgroup else {
                throw LaunchRefusal("\(field): must be false for a task with labels that limit its cgroup")
            }
        case .custom: break  // Its executor decides what the task means.
        }
    }

    /// Whether the task of a group lives in the cgroup of its executor.
    var sharesCgroup: Bool { request.sharesCgroup ?? (task.limits.isEmpty && !options.needsCgroup) }

    /// How long the task may take to end after SIGTERM, if it says.
    var killGrace: Duration? { task.killPolicy.grace }
}

extension Mesos_V1_KillPolicy {
    /// The grace period, never negative; nothing when the policy has none.
    var grace: Duration? {
        hasGracePeriod ? .nanoseconds(max(0, gracePeriod.nanoseconds)) : nil
    }
}

/// The executor of a group, known to ask for nothing that this agent cannot do.
struct ExecutorPlan {
    let info: Mesos_V1_ExecutorInfo
    let request: ContainerRequest
    let limits: ContainerLimits
    let wishes: VolumeWishes

    /// - Throws: what is wrong with the executor, by field.
    init(_ info: Mesos_V1_ExecutorInfo) throws(LaunchRefusal) {
        self.info = info
        guard info.type == .default, !info.hasCommand else {
            throw LaunchRefusal("executor: has type DEFAULT with a command, or neither; use type CUSTOM with a command, or DEFAULT without")
        }
        do {
            request = try ContainerRequest(
                command: nil,
                container: info.hasContainer ? info.container : nil,
                resources: info.resources,
                isNested: false
            )
            limits = try ContainerLimits(resources: info.resources)
            wishes = try VolumeWishes(ofExecutor: info.labels)
        } catch {
            throw LaunchRefusal("executor.\(error)")
        }
        guard request.image == nil else {
            throw LaunchRefusal("executor.container.mesos.image: an executor of type DEFAULT has no image; give one to the tasks")
        }
        guard request.terminal == nil else {
            throw LaunchRefusal("executor.container.tty_info: an executor of type DEFAULT runs no command; give one to the tasks")
        }
        guard request.sharesCgroup != true else {
            throw LaunchRefusal("executor.container.linux_info.share_cgroups: an executor has a cgroup of its own")
        }
    }
}
