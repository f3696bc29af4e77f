import Cluster
import HashTreeCollections
public import MesosMessages

extension AgentCore {
    mutating func containerLaunched(_ container: ContainerID, pid: Int32, _ turn: inout Turn) {
        switch owners[container] {
        case .executor(let key): executorLaunched(key, pid: pid, &turn)
        case .task(let key): taskLaunched(key, pid: pid, &turn)
        case .nobody, nil: turn.effects.append(.destroy(container))
        }
    }

    private mutating func executorLaunched(_ key: ExecutorKey, pid: Int32, _ turn: inout Turn) {
        guard let executor = executors[key], executor.phase == .launching else { return }
        executors[key]?.phase = .running(pid: pid)
        switch executor.stored.kind {
        case .default:
            // Groups that came during the launch are not in its limits yet.
            turn.effects.append(.update(executor.stored.container, executor.limits))
            launchWaitingTasks(of: key, &turn)
        case .custom: customLaunched(key, pid: pid, &turn)
        case .command:
            guard let task = executor.tasks.first, tasks[task]?.stored.kill == nil else { return }
            tasks[task]?.phase = .running(pid: pid)
            report(task, StatusReport(state: .taskStarting), &turn)
            taskRuns(task, &turn)
        }
    }

    private mutating func taskLaunched(_ key: TaskKey, pid: Int32, _ turn: inout Turn) {
        guard let task = tasks[key], task.phase == .launching else { return }
        tasks[key]?.phase = .running(pid: pid)
        guard let kill = task.stored.kill else { return taskRuns(key, &turn) }
        guard kill.cause == .group, kill.deadline > turn.now else { return }
        report(key, StatusReport(state: .taskRunning), &turn)
        terminate(key, &turn)
    }

    mutating func taskRuns(_ key: TaskKey, _ turn: inout Turn) {
        report(key, StatusReport(state: .taskRunning), &turn)
        startChecks(key, &turn)
        guard let info = tasks[key]?.stored.info, info.hasMaxCompletionTime else { return }
        let deadline = turn.now + .nanoseconds(info.maxCompletionTime.nanoseconds)
        tasks[key]?.stored.completionDeadline = deadline
        persist(key, &turn)
        timers.set(.completion(key), at: deadline)
    }

    mutating func containerLaunchFailed(_ container: ContainerID, message: String, _ turn: inout Turn) {
        let owner = owners.removeValue(forKey: container)
        let failure = StatusReport(
            state: .taskFailed,
            source: .agent,
            reason: .containerLaunchFailed,
            message: message
        )
        switch owner {
        case .task(let key):
            end(key, launchReport(of: key, failure), &turn)
        case .executor(let key):
            guard let executor = executors[key] else { break }
            for task in executor.tasks { conclude(task, launchReport(of: task, failure), &turn) }
            executorGone(key, waitStatus: executor.phase == .ending ? 0 : -1, &turn)
        case .nobody, nil: break
        }
        finishStop(&turn)
    }

    /// A launch that was stopped by a kill did not fail.
    private func launchReport(of key: TaskKey, _ failure: StatusReport) -> StatusReport {
        guard let kill = tasks[key]?.stored.kill else { return failure }
        return .killed(kill.cause, words: "the task was killed before it ran", during: true)
    }

    mutating func containerEnded(_ container: ContainerID, _ exit: ContainerExit, _ turn: inout Turn) {
        let owner = owners.removeValue(forKey: container)
        // Results of nested containers can be asked for as long as the one around them is there.
        if container.depth == 1 { turn.effects.append(.forget(container)) }
        switch owner {
        case .task(let key): taskEnded(key, exit, &turn)
        case .executor(let key): executorEnded(key, exit, &turn)
        case .nobody: closingEnded(container, &turn)
        case nil: break
        }
        networks[container] = nil
        finishStop(&turn)
    }

    private mutating func executorEnded(_ key: ExecutorKey, _ exit: ContainerExit, _ turn: inout Turn) {
        guard let executor = executors[key] else { return }
        if executor.stored.kind == .custom { return customEnded(executor, exit, &turn) }
        if executor.stored.kind == .command {
            for task in executor.tasks { taskEnded(task, exit, &turn) }
            return executorGone(key, waitStatus: exit.waitStatus, &turn)
        }
        var report = StatusReport(
            state: .taskFailed,
            source: .agent,
            reason: .executorTerminated,
            message: "its executor \(exit.words)"
        )
        report.apply(exit)
        for task in executor.tasks {
            conclude(task, endReport(of: task, exit.words) ?? report, &turn)
        }
        executorGone(key, waitStatus: executor.phase == .ending ? 0 : exit.waitStatus, &turn)
    }

    private mutating func taskEnded(_ key: TaskKey, _ exit: ContainerExit, _ turn: inout Turn) {
        let words = "Command \(exit.words)"
        var report = StatusReport(state: exit.isSuccess ? .taskFinished : .taskFailed, message: words)
        report.apply(exit)
        end(key, endReport(of: key, words) ?? report, exit: exit, &turn)
    }

    /// What is said of a task that did not end by itself, whatever its status.
    private func endReport(of key: TaskKey, _ words: String) -> StatusReport? {
        if let kill = tasks[key]?.stored.kill { return .killed(kill.cause, words: words) }
        return stopReport(of: key, words)
    }

    /// What is said of a task whose agent shuts down.
    func stopReport(of key: TaskKey, _ words: String) -> StatusReport? {
        guard stopPhase == .destroying else { return nil }
        return StatusReport(
            state: goneState(key.framework),
            source: .agent,
            reason: .agentRemoved,
            message: "\(words), because the agent shuts down"
        )
    }

    /// The last update of a task, and what its end means for the others of its group.
    mutating func end(_ key: TaskKey, _ report: StatusReport, exit: ContainerExit? = nil, _ turn: inout Turn) {
        guard let task = tasks[key], task.phase != .ended else { return }
        conclude(key, report, exit: exit, &turn)
        if report.state != .taskFinished { killGroup(of: task, &turn) }
        guard let executor = task.stored.executor else { return }
        adjustGroupLimits(of: executor, &turn)
        endIfIdle(executor, &turn)
    }

    /// The last update of a task, and nothing else.
    mutating func conclude(_ key: TaskKey, _ report: StatusReport, exit: ContainerExit? = nil, _ turn: inout Turn) {
        guard let task = tasks[key], task.phase != .ended else { return }
        stopChecks(key, &turn)
        self.report(key, report, exit: exit, &turn)
        abandonContainer(of: task)
        tasks[key]?.phase = .ended
    }
}

extension StatusReport {
    static func killed(_ cause: KillProgress.Cause, words: String, during launch: Bool = false) -> StatusReport {
        switch cause {
        case .requested:
            StatusReport(state: .taskKilled, reason: launch ? .taskKilledDuringLaunch : nil, message: words)
        case .group:
            StatusReport(
                state: .taskKilled,
                reason: launch ? .taskKilledDuringLaunch : nil,
                message: "\(words); it was killed because another task of its group failed or was killed"
            )
        case .unhealthy:
            StatusReport(
                state: .taskKilled,
                message: "\(words); it was killed because its health check failed too often",
                healthy: false
            )
        case .completionTime:
            StatusReport(
                state: .taskFailed,
                reason: .maxCompletionTimeReached,
                message: "\(words); it was killed because it ran longer than its max_completion_time"
            )
        }
    }

    /// A container that hit a limit ended for that reason, whatever its status.
    mutating func apply(_ exit: ContainerExit) {
        switch exit.limitation {
        case nil: return
        case .memory(let bytes):
            let limit = bytes.map { " of \($0 >> 20) MiB" } ?? ""
            message = (exit.message ?? "Memory limit exceeded: it needed more than its limit\(limit)") + "; the command \(exit.words)"
        case .disk(let bytes):
            message =
                (exit.message ?? "Disk limit exceeded: it had more on the disk than its limit of \(bytes >> 20) MiB")
                + "; the command \(exit.words)"
        }
        state = .taskFailed
        source = .agent
        reason = exit.limitationReason
        limitation = exit.limitationMessage
    }
}

extension ContainerExit {
    /// The limit that was hit, as a status names it.
    public var limitationReason: Mesos_V1_TaskStatus.Reason? {
        switch limitation {
        case .memory: .containerLimitationMemory
        case .disk: .containerLimitationDisk
        case nil: nil
        }
    }

    /// The limit that was hit, as messages carry it: "mem" or "disk" in MiB.
    public var limitationMessage: Mesos_V1_TaskResourceLimitation? {
        switch limitation {
        case .memory(let bytes?): Self.message("mem", bytes)
        case .disk(let bytes): Self.message("disk", bytes)
        case .memory(nil), nil: nil
        }
    }

    private static func message(_ name: String, _ bytes: Int64) -> Mesos_V1_TaskResourceLimitation {
        var resource = Mesos_V1_Resource()
        resource.name = name
        resource.type = .scalar
        resource.scalar.value = Double(bytes) / Double(1 << 20)
        var message = Mesos_V1_TaskResourceLimitation()
        message.resources = [resource]
        return message
    }
}
