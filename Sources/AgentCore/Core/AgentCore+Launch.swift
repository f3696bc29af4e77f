import Cluster
import HashTreeCollections
import MesosMessages

extension AgentCore {
    /// Takes tasks from the master: one for a container of its own, or a group, all of it or nothing.
    mutating func launch(_ event: Agora_V1_AgentEvent.Launch, _ turn: inout Turn) {
        let keys = event.tasks.map { TaskKey(event.framework.id, $0.taskID) }
        guard let framework = try? FrameworkID(validating: event.framework.id.value), stopPhase == .running,
            !keys.isEmpty, !keys.contains(nil), Set(keys).count == keys.count
        else {
            return turn.log(.warning, "dropped a launch", ["framework": event.framework.id.value])
        }
        let new = event.tasks.filter { tasks[TaskKey(framework: framework, task: TaskID($0.taskID.value))] == nil }
        remember(framework, event.framework, &turn)
        if new.count < keys.count { turn.log(.warning, "a launch names tasks that are here", ["framework": "\(framework)"]) }
        guard event.isGroup || event.executor.type == .default else {
            for task in new { launchAlone(task, event, framework, &turn) }
            return
        }
        guard new.count == keys.count else {
            let refusal = LaunchRefusal("task_group.tasks: the id of one of them is in use; choose other ids")
            return refuse(new, of: framework, StatusReport(refusal, .taskGroupInvalid), &turn)
        }
        guard !event.executor.isCustom else {
            return launchCustom(new, event.executor, isGroup: true, of: framework, &turn)
        }
        launchGroup(new, event, framework, &turn)
    }

    private mutating func launchAlone(
        _ task: Mesos_V1_TaskInfo,
        _ event: Agora_V1_AgentEvent.Launch,
        _ framework: FrameworkID,
        _ turn: inout Turn
    ) {
        let executor = event.hasExecutor ? event.executor : task.executor
        guard executor.isCustom else { return launchCommand(task, framework, &turn) }
        launchCustom([task], executor, isGroup: false, of: framework, &turn)
    }

    private mutating func remember(_ id: FrameworkID, _ info: Mesos_V1_FrameworkInfo, _ turn: inout Turn) {
        guard frameworks[id]?.info != info else { return }
        frameworks[id] = FrameworkRecord(info: info)
        history.revive(info.id)
        turn.effects.append(.persist(.putFramework(id, info)))
    }

    // MARK: One task

    private mutating func launchCommand(_ task: Mesos_V1_TaskInfo, _ framework: FrameworkID, _ turn: inout Turn) {
        let key = ExecutorKey(framework: framework, executor: ExecutorID(task.taskID.value))
        do throws(LaunchRefusal) {
            let plan = try TaskPlan(task, for: .command)
            guard executors[key] == nil else {
                throw LaunchRefusal("task_id: an executor with the id \"\(key.executor)\" runs here; choose another id")
            }
            let executor = makeExecutor(key, .command, .command(for: task, framework), &turn)
            add(task, to: executor, container: executor.container, phase: .launching, &turn)
            executors[key]?.limits = plan.limits
            turn.effects.append(.launch(planner(for: executor).command(plan)))
        } catch {
            refuse([task], of: framework, StatusReport(error, .taskInvalid), &turn)
        }
    }

    // MARK: Records

    mutating func makeExecutor(
        _ key: ExecutorKey,
        _ kind: ExecutorKind,
        _ info: Mesos_V1_ExecutorInfo,
        _ turn: inout Turn
    ) -> StoredExecutor {
        let container = ContainerID(generator.nextUUID().text)
        let sandbox = layout.run(of: key, on: id ?? AgentID("unknown"), container: container)
        let stored = StoredExecutor(key: key, kind: kind, info: info, container: container, sandbox: sandbox)
        executors[key] = ExecutorRecord(stored: stored, phase: .launching, limits: ContainerLimits())
        owners[container] = .executor(key)
        turn.effects.append(.persist(.putExecutor(stored)))
        return stored
    }

    mutating func add(
        _ info: Mesos_V1_TaskInfo,
        to executor: StoredExecutor,
        container: ContainerID,
        phase: TaskRecord.Phase,
        delivery: StoredTask.Delivery? = nil,
        _ turn: inout Turn
    ) {
        let key = TaskKey(framework: executor.key.framework, task: TaskID(info.taskID.value))
        let group = executors[executor.key]?.nextGroup ?? 0
        var stored = StoredTask(key: key, info: info, executor: executor.key, container: container, group: group)
        stored.delivery = delivery
        tasks[key] = TaskRecord(stored: stored, phase: phase)
        executors[executor.key]?.tasks.append(key)
        if executor.kind == .default { owners[container] = .task(key) }
        turn.effects.append(.persist(.putTask(stored)))
    }

    /// Tasks that get no container: all that is left to do is to tell their framework.
    mutating func refuse(
        _ refused: [Mesos_V1_TaskInfo],
        of framework: FrameworkID,
        _ report: StatusReport,
        _ turn: inout Turn
    ) {
        for info in refused {
            let key = TaskKey(framework: framework, task: TaskID(info.taskID.value))
            let stored = StoredTask(key: key, info: info, executor: nil, container: nil, group: 0)
            tasks[key] = TaskRecord(stored: stored, phase: .ended)
            turn.effects.append(.persist(.putTask(stored)))
            self.report(key, report, &turn)
        }
    }

    /// What a task is called that never ran, by what its framework understands.
    func droppedState(_ framework: FrameworkID) -> Mesos_V1_TaskState {
        frameworks[framework]?.has(.partitionAware) == true ? .taskDropped : .taskLost
    }

    /// What a task is called that ran and is known to run no more, though nobody saw how it ended.
    func goneState(_ framework: FrameworkID) -> Mesos_V1_TaskState {
        frameworks[framework]?.has(.partitionAware) == true ? .taskGone : .taskLost
    }

    var layout: SandboxLayout { SandboxLayout(workDirectory: configuration.workDirectory) }

    func planner(for executor: StoredExecutor) -> LaunchPlanner {
        let environment = TaskEnvironment(
            configuration: configuration,
            agent: id ?? AgentID("unknown"),
            framework: frameworks[executor.key.framework]?.info ?? Mesos_V1_FrameworkInfo(),
            executor: executor
        )
        return LaunchPlanner(environment: environment, layout: layout)
    }
}

extension StatusReport {
    init(_ refusal: LaunchRefusal, _ reason: Mesos_V1_TaskStatus.Reason) {
        self.init(state: .taskError, source: .agent, reason: reason, message: refusal.description)
    }
}

extension Mesos_V1_ExecutorInfo {
    /// What Mesos shows as the executor of a task without one.
    static func command(for task: Mesos_V1_TaskInfo, _ framework: FrameworkID) -> Mesos_V1_ExecutorInfo {
        var info = Mesos_V1_ExecutorInfo()
        info.executorID.value = task.taskID.value
        info.frameworkID.value = framework.value
        info.name = "Command Executor (Task: \(task.taskID.value)) (Command: \(task.command.shown))"
        info.source = task.taskID.value
        info.resources = task.resources
        return info
    }
}

extension Mesos_V1_CommandInfo {
    private static let shownCharacters = 15

    fileprivate var shown: String {
        guard shell else { return ([value] + arguments.dropFirst()).joined(separator: " ") }
        let line = value.count > Self.shownCharacters ? "\(value.prefix(Self.shownCharacters - 3))..." : value
        return "sh -c '\(line)'"
    }
}
