import Cluster
import MesosAPI
import MesosMessages

extension Mesos_V1_ExecutorInfo {
    /// Whether a program of the framework's runs the tasks, not one of the built-in executors.
    var isCustom: Bool { type == .custom || (type == .unknown && hasCommand) }
}

/// A custom executor with its tasks, known to ask for nothing that this agent cannot do.
struct CustomPlan {
    let info: Mesos_V1_ExecutorInfo
    let request: ContainerRequest

    /// - Throws: what is wrong with the executor, by field.
    init(_ info: Mesos_V1_ExecutorInfo) throws(LaunchRefusal) {
        self.info = info
        guard info.hasCommand else { throw LaunchRefusal("executor.command: missing; it says how a custom executor is started") }
        guard !info.hasShutdownGracePeriod || info.shutdownGracePeriod.nanoseconds >= 0 else {
            throw LaunchRefusal("executor.shutdown_grace_period: must not be negative")
        }
        do {
            request = try ContainerRequest(
                command: info.command,
                container: info.hasContainer ? info.container : nil,
                resources: info.resources,
                isNested: false
            )
        } catch {
            throw LaunchRefusal("executor.\(error)")
        }
        guard request.sharesCgroup != true else {
            throw LaunchRefusal("executor.container.linux_info.share_cgroups: an executor has a cgroup of its own")
        }
        let fromParent = request.volumes.contains { if case .parentSandbox = $0.source { true } else { false } }
        guard !fromParent else { throw LaunchRefusal("executor.container.volumes: SANDBOX_PATH PARENT has no meaning here; use SELF") }
    }

    /// What a task asks of the agent; all else of it is its executor's affair.
    static func check(_ task: Mesos_V1_TaskInfo) throws(LaunchRefusal) {
        let hasVolumes = task.resources.contains { $0.hasDisk && ($0.disk.hasPersistence || $0.disk.hasVolume) }
        guard !hasVolumes else { throw .unsupported("resources", "persistent volumes are") }
        guard task.withoutSecrets == task else {
            throw LaunchRefusal("command, container: a task of a custom executor brings no secrets; give them to the executor")
        }
        let limits = try ContainerLimits(resources: task.resources, limits: task.limits)
        guard limits.gpus == 0 else { throw .unsupported("resources", "gpus of tasks that come to a running executor are") }
    }
}

extension ContainerLimits {
    /// What the container of a custom executor may use: what the executor has, and what its tasks have.
    ///
    /// A task without a limit of its own adds what it requests; one without an end lifts the limit of all.
    init(executor: [Mesos_V1_Resource], tasks: [Mesos_V1_TaskInfo]) throws(LaunchRefusal) {
        self = try ContainerLimits(resources: executor + tasks.flatMap(\.resources))
        let own = try ContainerLimits(resources: executor)
        var each: [ContainerLimits] = []
        for task in tasks { each.append(try ContainerLimits(resources: task.resources, limits: task.limits)) }
        if tasks.contains(where: { $0.limits["mem"] != nil }) {
            let isEndless = zip(tasks, each).contains { $0.limits["mem"] != nil && $1.memoryBytes == nil }
            memoryBytes = isEndless ? nil : each.reduce(own.memoryBytes ?? 0) { $0.saturatingAdd($1.memoryBytes ?? 0) }
        }
        if tasks.contains(where: { $0.limits["cpus"] != nil }) {
            let isEndless = zip(tasks, each).contains { $0.limits["cpus"] != nil && $1.cpuLimit == nil }
            cpuLimit = isEndless ? nil : each.reduce(own.cpus ?? 0) { $0.saturatingAdd($1.cpuLimit ?? $1.cpus ?? 0) }
        }
    }
}
