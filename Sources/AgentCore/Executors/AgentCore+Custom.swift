import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    /// Tasks for a program of the framework's: a new one, or one that runs. Of a group all or none.
    mutating func launchCustom(
        _ tasks: [Mesos_V1_TaskInfo],
        _ info: Mesos_V1_ExecutorInfo,
        isGroup: Bool,
        of framework: FrameworkID,
        _ turn: inout Turn
    ) {
        do throws(LaunchRefusal) {
            let plan = try CustomPlan(info)
            for task in tasks { try Self.check(task, isGroup: isGroup) }
            guard let id = try? ExecutorID(validating: info.executorID.value) else {
                throw LaunchRefusal("executor.executor_id: \"\(info.executorID.value.prefix(255))\" is no id")
            }
            let key = ExecutorKey(framework: framework, executor: id)
            guard canTake(key) else { return refuse(tasks, of: framework, terminatedReport(of: framework), &turn) }
            if let executor = executors[key] {
                try check(executor, is: info)
                _ = try limits(of: executor, with: tasks)
                queue(tasks, isGroup: isGroup, for: executor.stored, &turn)
                adjustLimits(of: key, &turn)
                deliver(to: key, &turn)
            } else {
                let limits = try ContainerLimits(executor: info.resources, tasks: tasks)
                let stored = makeExecutor(key, .custom, info, &turn)
                queue(tasks, isGroup: isGroup, for: stored, &turn)
                executors[key]?.limits = limits
                turn.effects.append(.launch(planner(for: stored).custom(plan, limits: limits)))
            }
        } catch {
            refuse(tasks, of: framework, StatusReport(error, isGroup ? .taskGroupInvalid : .taskInvalid), &turn)
        }
    }

    private static func check(_ task: Mesos_V1_TaskInfo, isGroup: Bool) throws(LaunchRefusal) {
        do {
            try CustomPlan.check(task)
        } catch {
            throw isGroup ? LaunchRefusal("task \"\(task.taskID.value)\": \(error)") : error
        }
    }

    private func check(_ executor: ExecutorRecord, is info: Mesos_V1_ExecutorInfo) throws(LaunchRefusal) {
        guard executor.stored.kind == .custom, executor.stored.info.withoutSecrets == info.withoutSecrets else {
            throw LaunchRefusal("executor: one with the id \"\(executor.key.executor)\" runs here and is described differently")
        }
    }

    /// Whether there is no executor of this id that is about to end.
    private func canTake(_ key: ExecutorKey) -> Bool {
        closing[key] == nil && executors[key]?.stage != .terminating
    }

    private func terminatedReport(of framework: FrameworkID) -> StatusReport {
        StatusReport(
            state: droppedState(framework),
            source: .agent,
            reason: .executorTerminated,
            message: "the executor was about to end when the task arrived; launch it again"
        )
    }

    private mutating func queue(_ infos: [Mesos_V1_TaskInfo], isGroup: Bool, for executor: StoredExecutor, _ turn: inout Turn) {
        for info in infos {
            add(info, to: executor, container: executor.container, phase: .waiting, delivery: isGroup ? .grouped : .alone, &turn)
        }
        executors[executor.key]?.nextGroup += 1
    }

    // MARK: Limits

    private func limits(of executor: ExecutorRecord, with more: [Mesos_V1_TaskInfo] = []) throws(LaunchRefusal) -> ContainerLimits {
        let running = executor.tasks.compactMap { tasks[$0] }.filter { $0.phase != .ended }.map(\.stored.info)
        return try ContainerLimits(executor: executor.stored.info.resources, tasks: running + more)
    }

    /// Tasks came or went. What a container may use of processors follows them both ways; its memory only grows, as in
    /// Mesos, because a program that has not given memory back yet would be killed for it.
    mutating func adjustLimits(of key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], executor.phase != .ending, var limits = try? limits(of: executor) else { return }
        if let memory = limits.memoryBytes, let old = executor.limits.memoryBytes { limits.memoryBytes = max(memory, old) }
        if executor.limits.memoryBytes == nil { limits.memoryBytes = nil }
        guard limits != executor.limits else { return }
        executors[key]?.limits = limits
        guard case .running = executor.phase else { return }
        turn.effects.append(.update(executor.stored.container, limits))
    }
}
