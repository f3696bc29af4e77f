import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    /// All tasks of a group in one executor, a new one or one that runs; or none of them.
    mutating func launchGroup(
        _ group: [Mesos_V1_TaskInfo],
        _ event: Agora_V1_AgentEvent.Launch,
        _ framework: FrameworkID,
        _ turn: inout Turn
    ) {
        let info = event.executor
        do throws(LaunchRefusal) {
            let plan = try ExecutorPlan(info)
            let plans = try plans(of: group)
            guard let id = try? ExecutorID(validating: info.executorID.value) else {
                throw LaunchRefusal("executor.executor_id: \"\(info.executorID.value)\" is no id")
            }
            let key = ExecutorKey(framework: framework, executor: id)
            if let executor = executors[key] {
                try extend(executor, with: plans, info, &turn)
            } else if event.executorRuns {
                drop(group, of: framework, because: "the executor had ended when the task group arrived; launch it again", &turn)
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
        _ executor: ExecutorRecord,
        with plans: [TaskPlan],
        _ info: Mesos_V1_ExecutorInfo,
        _ turn: inout Turn
    ) throws(LaunchRefusal) {
        guard executor.stored.kind == .default, executor.stored.info.withoutSecrets == info.withoutSecrets else {
            throw LaunchRefusal("executor: one with the id \"\(executor.key.executor)\" runs here and is described differently")
        }
        guard executor.phase != .ending else {
            let reason = "the executor was about to end when the task group arrived; launch it again"
            return drop(plans.map(\.task), of: executor.key.framework, because: reason, &turn)
        }
        addGroup(plans, to: executor.key, &turn)
        executors[executor.key]?.lingerDeadline = nil
        adjustGroupLimits(of: executor.key, &turn)
        guard case .running = executor.phase else { return }
        launchWaitingTasks(of: executor.key, &turn)
    }

    /// Tasks came, or their containers went. What the executor's container may use is what it is to have itself, and what those
    /// have that have not ended.
    mutating func adjustGroupLimits(of key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], executor.stored.kind == .default, executor.phase != .ending else { return }
        let living = executor.tasks.compactMap { tasks[$0] }.filter { $0.phase != .ended }.map(\.stored.info)
        // One without any ends soon, or gets others.
        guard !living.isEmpty, var limits = try? ContainerLimits(resources: executor.stored.info.resources) else { return }
        for info in living {
            guard let own = try? ContainerLimits(resources: info.resources, limits: info.limits) else { return }
            limits = limits.adding(own)
        }
        guard limits != executor.limits else { return }
        executors[key]?.limits = limits
        guard case .running = executor.phase else { return }
        turn.effects.append(.update(executor.stored.container, limits))
    }

    private mutating func drop(
        _ group: [Mesos_V1_TaskInfo],
        of framework: FrameworkID,
        because reason: String,
        _ turn: inout Turn
    ) {
        let report = StatusReport(state: droppedState(framework), source: .agent, reason: .executorTerminated, message: reason)
        refuse(group, of: framework, report, &turn)
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
}
