import Cluster
import MesosMessages

/// Turns plans of tasks and executors into containers.
struct LaunchPlanner {
    let environment: TaskEnvironment
    let layout: SandboxLayout

    private var executor: StoredExecutor { environment.executor }

    /// The container of a task that has none around it.
    func command(_ plan: TaskPlan) -> ContainerLaunch {
        var launch = container(
            executor.container,
            plan.request,
            task: plan.task,
            sandbox: executor.sandbox,
            limits: plan.limits
        )
        launch.apply(plan.options)
        launch.volumes += plan.wishes.memory
        launch.links = [layout.latest(of: executor.key, on: environment.agent, container: executor.container)]
        return launch
    }

    /// The container that holds the tasks of an executor.
    func executor(_ plan: ExecutorPlan, limits: ContainerLimits) -> ContainerLaunch {
        var launch = self.executor(plan.request, limits: limits)
        launch.volumes += plan.wishes.memory
        launch.sharedFolders = plan.wishes.folders
        return launch
    }

    /// The container of an executor, whatever it runs.
    func executor(_ request: ContainerRequest, limits: ContainerLimits) -> ContainerLaunch {
        var launch = container(executor.container, request, task: nil, sandbox: executor.sandbox, limits: limits)
        launch.links = [layout.latest(of: executor.key, on: environment.agent, container: executor.container)]
        return launch
    }

    /// The container of one task of a group.
    func nested(_ plan: TaskPlan, id: ContainerID) -> ContainerLaunch {
        let sandbox = Sandbox.child(id, of: executor.sandbox)
        // What it needs is part of what the cgroup of its executor has.
        var limits = plan.sharesCgroup ? ContainerLimits() : plan.limits
        limits.diskBytes = plan.limits.diskBytes
        limits.gpus = plan.limits.gpus
        var launch = container(id, plan.request, task: plan.task, sandbox: sandbox, limits: limits)
        // Who has GPUs has a cgroup that says which.
        launch.sharesCgroup = plan.sharesCgroup && limits.gpus == 0
        launch.apply(plan.options)
        launch.volumes += plan.wishes.memory
        let name = plan.task.taskID.value
        launch.links = [SandboxLink(path: "\(executor.sandbox)/tasks/\(name)", target: "../containers/\(id.value)")]
        return launch
    }

    private func container(
        _ id: ContainerID,
        _ request: ContainerRequest,
        task: Mesos_V1_TaskInfo?,
        sandbox: String,
        limits: ContainerLimits
    ) -> ContainerLaunch {
        let user = environment.framework.user
        return ContainerLaunch(
            id: id,
            command: request.command,
            image: request.image,
            agentVariables: environment.variables(task: task, sandbox: sandbox, hasImage: request.image != nil),
            user: UserRule(requested: request.user, inherited: user.isEmpty ? nil : user),
            sandbox: sandbox,
            links: [],
            volumes: request.volumes,
            limits: limits,
            sharesCgroup: false,
            sharesPIDNamespace: request.sharesPIDNamespace,
            hostname: request.hostname,
            uris: request.uris,
            terminal: request.terminal,
            networks: request.networks,
            confinement: request.confinement
        )
    }
}

extension ContainerLaunch {
    fileprivate mutating func apply(_ options: TaskOptions) {
        workingDirectory = options.workingDirectory
        replacesImageCommand = options.replacesImageCommand
        keepsInput = options.keepsInput
        confinement.hasReadOnlyRoot = options.hasReadOnlyRoot
        confinement.devices = options.devices
        guard !sharesCgroup else { return }
        limits.pids = options.pids
        limits.processors = options.processors
        limits.ioWeight = options.ioWeight
    }
}
