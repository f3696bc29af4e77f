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
        guard event.isGroup || event.hasExecutor else {
            for task in new { launchCommand(task, framework, &turn) }
            return
        }
        guard new.count == keys.count else {
            let refusal = LaunchRefusal("task_group.tasks: the id of one of them is in use; choose other ids")
            return refuse(new, of: framework, StatusReport(refusal, .taskGroupInvalid), &turn)
        }
        launchGroup(new, event.executor, framework, &turn)
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

    // MARK: Groups

    private mutating func launchGroup(
        _ group: [Mesos_V1_TaskInfo], _ info: Mesos_V1_ExecutorInfo, _ framework: FrameworkID, _ turn: inout Turn
    ) {
        do throws(LaunchRefusal) {
            let plan = try ExecutorPlan(info)
            let plans = try plans(of: group)
            guard let id = try? ExecutorID(validating: info.executorID.value) else {
                throw LaunchRefusal("executor.executor_id: \"\(info.executorID.value)\" is no id")
            }
            let key = ExecutorKey(framework: framework, executor: id)
            if let executor = executors[key] {
                try extend(executor, with: plans, info, &turn)
            } else {
                start(key, plan, plans, &turn)
            }
        } catch {
            refuse(group, of: framework, StatusReport(error, .taskGroupInvalid), &turn)
        }
    }

    private func plans(of group: [Mesos_V1_TaskInfo]) throws(LaunchRefusal) -> [TaskPlan] {
        guard !group.isEmpty else { throw LaunchRefusal("task_group.tasks: is empty") }
        var plans: [TaskPlan] = []
        for task in group {
            do {
                plans.append(try TaskPlan(task, for: .default))
            } catch {
                throw LaunchRefusal("task \"\(task.taskID.value)\": \(error)")
            }
        }
        return plans
    }

    private mutating func start(_ key: ExecutorKey, _ plan: ExecutorPlan, _ plans: [TaskPlan], _ turn: inout Turn) {
        let executor = makeExecutor(key, .default, plan.info, &turn)
        addGroup(plans, to: key, &turn)
        let limits = plans.reduce(plan.limits) { $0.adding($1.limits) }
        executors[key]?.limits = limits
        turn.effects.append(.launch(planner(for: executor).executor(plan, limits: limits)))
    }

    /// A further group for an executor that runs.
    private mutating func extend(
        _ executor: ExecutorRecord, with plans: [TaskPlan], _ info: Mesos_V1_ExecutorInfo, _ turn: inout Turn
    ) throws(LaunchRefusal) {
        guard executor.stored.kind == .default, executor.stored.info == info else {
            throw LaunchRefusal("executor: one with the id \"\(executor.key.executor)\" runs here and is described differently")
        }
        guard executor.phase != .ending else {
            let report = StatusReport(
                state: droppedState(executor.key.framework), source: .agent, reason: .executorTerminated,
                message: "the executor was about to end when the task group arrived; launch it again")
            return refuse(plans.map(\.task), of: executor.key.framework, report, &turn)
        }
        addGroup(plans, to: executor.key, &turn)
        executors[executor.key]?.lingerDeadline = nil
        let limits = plans.reduce(executor.limits) { $0.adding($1.limits) }
        executors[executor.key]?.limits = limits
        guard case .running = executor.phase else { return }
        turn.effects.append(.update(executor.stored.container, limits))
        launchWaitingTasks(of: executor.key, &turn)
    }

    private mutating func addGroup(_ plans: [TaskPlan], to key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key] else { return }
        for plan in plans {
            let container = executor.stored.container.child(generator.nextUUID().text)
            add(plan.task, to: executor.stored, container: container, phase: .waiting, &turn)
        }
        executors[key]?.nextGroup += 1
    }

    /// The executor's container is there: its tasks can start.
    mutating func launchWaitingTasks(of key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key] else { return }
        for taskKey in executor.tasks {
            guard let task = tasks[taskKey], task.phase == .waiting, let container = task.stored.container else { continue }
            do throws(LaunchRefusal) {
                let plan = try TaskPlan(task.stored.info, for: .default)
                if task.state == .taskStaging { report(taskKey, StatusReport(state: .taskStarting), &turn) }
                tasks[taskKey]?.phase = .launching
                turn.effects.append(.launch(planner(for: executor.stored).nested(plan, id: container)))
            } catch {
                end(taskKey, StatusReport(error, .taskInvalid), &turn)
            }
        }
    }

    // MARK: Records

    private mutating func makeExecutor(
        _ key: ExecutorKey, _ kind: ExecutorKind, _ info: Mesos_V1_ExecutorInfo, _ turn: inout Turn
    ) -> StoredExecutor {
        let container = ContainerID(generator.nextUUID().text)
        let sandbox = layout.run(of: key, on: id ?? AgentID("unknown"), container: container)
        let stored = StoredExecutor(key: key, kind: kind, info: info, container: container, sandbox: sandbox)
        executors[key] = ExecutorRecord(stored: stored, phase: .launching, limits: ContainerLimits())
        owners[container] = .executor(key)
        turn.effects.append(.persist(.putExecutor(stored)))
        return stored
    }

    private mutating func add(
        _ info: Mesos_V1_TaskInfo, to executor: StoredExecutor, container: ContainerID, phase: TaskRecord.Phase,
        _ turn: inout Turn
    ) {
        let key = TaskKey(framework: executor.key.framework, task: TaskID(info.taskID.value))
        let group = executors[executor.key]?.nextGroup ?? 0
        let stored = StoredTask(key: key, info: info, executor: executor.key, container: container, group: group)
        tasks[key] = TaskRecord(stored: stored, phase: phase)
        executors[executor.key]?.tasks.append(key)
        if executor.kind == .default { owners[container] = .task(key) }
        turn.effects.append(.persist(.putTask(stored)))
    }

    /// Tasks that get no container: all that is left to do is to tell their framework.
    private mutating func refuse(
        _ refused: [Mesos_V1_TaskInfo], of framework: FrameworkID, _ report: StatusReport, _ turn: inout Turn
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

    private func planner(for executor: StoredExecutor) -> LaunchPlanner {
        let environment = TaskEnvironment(
            configuration: configuration, agent: id ?? AgentID("unknown"),
            framework: frameworks[executor.key.framework]?.info ?? Mesos_V1_FrameworkInfo(), executor: executor)
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
