import Cluster
import MesosMessages

extension PodRun {
    mutating func updated(_ status: Mesos_V1_TaskStatus) -> [Effect] {
        var effects: [Effect] = []
        if status.hasUuid { effects.append(.send(acknowledgement(of: status))) }
        let identifier = TaskID(status.taskID.value)
        guard case .launched(let placement) = phase, var task = tasks[identifier], task.end == nil else { return effects }
        if status.hasUuid { task.wasSeen = true }
        task.state = status.state
        if status.state == .taskRunning || status.state.isTerminal, !task.isFollowed, status.hasContainerStatus {
            task.isFollowed = true
            effects.append(.follow(sandbox(of: task, identifier, status, placement)))
        }
        if status.state.isTerminal {
            let end = TaskEnd(status)
            task.end = end
            if end.exitCode != 0 && status.state != .taskKilled && firstFailure == nil { firstFailure = end }
            effects.append(.drain(identifier))
        }
        tasks[identifier] = task
        return effects + remarks(on: status, task) + progress(after: status)
    }

    private func acknowledgement(of status: Mesos_V1_TaskStatus) -> Mesos_V1_Scheduler_Call {
        call(.acknowledge) {
            $0.acknowledge.agentID = status.agentID
            $0.acknowledge.taskID = status.taskID
            $0.acknowledge.uuid = status.uuid
        }
    }

    private func sandbox(
        of task: Task,
        _ identifier: TaskID,
        _ status: Mesos_V1_TaskStatus,
        _ placement: Placement
    ) -> TaskSandbox {
        TaskSandbox(
            taskID: identifier,
            name: task.name,
            agent: placement.agent,
            directory: TaskSandbox.directory(
                framework: frameworkID?.value ?? "",
                executor: placement.executorID,
                container: launch.isGroup ? status.containerStatus.containerID.value : nil
            ),
            container: status.containerStatus.containerID
        )
    }

    /// What the user should hear of a change.
    private func remarks(on status: Mesos_V1_TaskStatus, _ task: Task) -> [Effect] {
        if status.state == .taskUnreachable { return [.note("\(task.name): its machine does not answer; waiting for it")] }
        guard let end = task.end, !isRetryable else { return [] }
        if let explanation = end.explanation { return [.note("\(task.name): \(status.state.word): \(explanation)")] }
        guard launch.isGroup, end.exitCode != 0, status.state == .taskFailed else { return [] }
        return [.note("\(task.name): exited with status \(end.exitCode)")]
    }

    private mutating func progress(after status: Mesos_V1_TaskStatus) -> [Effect] {
        if tasks.values.allSatisfy({ $0.end != nil }) {
            if isRetryable && interruptions == 0 { return waitAgain() }
            if interruptions > 0 { return end(.interrupted) }
            return end(.exited(firstFailure?.exitCode ?? killedCode))
        }
        guard options.isDetached, firstFailure == nil, tasks.values.allSatisfy({ $0.state == .taskRunning || $0.end != nil }) else {
            return []
        }
        return end(.detached(tasks.keys.sorted()))
    }

    /// The status when no task failed by itself: 0, or that of a task that somebody killed.
    private var killedCode: Int32 {
        tasks.values.compactMap { $0.state == .taskKilled ? $0.end?.exitCode : nil }.max() ?? 0
    }

    /// Whether nothing of the pod ever ran and the reason lies in the offer, which another one may not have.
    private var isRetryable: Bool {
        guard attempts < Self.maximumAttempts else { return false }
        return tasks.values.allSatisfy { task in
            !task.wasSeen && [.taskDropped, .taskLost, .taskUnknown].contains(task.state)
        }
    }

    private mutating func waitAgain() -> [Effect] {
        phase = .waiting
        tasks = [:]
        toldWaits = []
        return [.note("the offer was gone before the pod could use it; waiting for another"), .send(call(.revive))]
    }
}

extension PodRun {
    /// Ctrl-C: first kill and wait, then kill at once, then leave.
    mutating func interrupted() -> [Effect] {
        interruptions += 1
        guard case .launched = phase, interruptions < 3 else { return end(.interrupted) }
        let advice = interruptions == 1 ? "killing \(launch.name) and waiting for it; Ctrl-C again kills at once" : "killing at once"
        return [.note(advice)] + kills()
    }

    /// KILL for every task that has not ended; for a group one would do, but a call may be lost.
    func kills() -> [Effect] {
        guard case .launched(let placement) = phase else { return [] }
        return tasks.filter { $0.value.end == nil }.map(\.key).sorted().map { task in
            .send(
                call(.kill) {
                    $0.kill.taskID.value = task.value
                    $0.kill.agentID = placement.agentID
                    if interruptions > 1 { $0.kill.killPolicy.gracePeriod.nanoseconds = 0 }
                }
            )
        }
    }
}
