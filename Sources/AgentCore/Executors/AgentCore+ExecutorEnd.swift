import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    // MARK: The start

    /// Its container runs: from now on it has time to subscribe, if it has not done so already.
    mutating func customLaunched(_ key: ExecutorKey, pid: Int32, _ turn: inout Turn) {
        guard let executor = executors[key] else { return }
        for task in executor.tasks where tasks[task]?.phase == .running(pid: 0) { tasks[task]?.phase = .running(pid: pid) }
        // Tasks that came during the launch are not in its limits yet.
        turn.effects.append(.update(executor.stored.container, executor.limits))
        if executor.session.subscription == .none {
            expectSubscription(of: key, within: configuration.executors.registrationTimeout, &turn)
        }
    }

    mutating func expectSubscription(of key: ExecutorKey, within time: Duration, _ turn: inout Turn) {
        executors[key]?.session.subscription = .awaited(until: turn.now + time)
        timers.set(.subscription(key), at: turn.now + time)
    }

    /// The time to subscribe is over.
    mutating func passSubscriptionTime(_ key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], executor.phase != .ending, case .awaited(let until) = executor.session.subscription,
            until <= turn.now
        else { return }
        let options = configuration.executors
        executors[key]?.session.endCause =
            executor.session.isRecovered
            ? .didNotReturn(after: options.reregistrationTimeout)
            : .didNotSubscribe(after: options.registrationTimeout)
        turn.log(.warning, "ending an executor that did not subscribe in time", ["executor": "\(key.executor)"])
        endByForce(key, &turn)
    }

    // MARK: The end

    /// A scheduler wants an executor gone.
    mutating func shutdown(_ event: Agora_V1_AgentEvent.ShutdownExecutor, _ turn: inout Turn) {
        guard let key = ExecutorKey(event.frameworkID, event.executorID), let executor = executors[key] else {
            return turn.log(.info, "ignored the shutdown of an executor that is not here", ["executor": event.executorID.value])
        }
        guard executor.stored.kind != .custom else { return askToEnd(key, &turn) }
        for task in executor.tasks { kill(task, .requested, grace: nil, &turn) }
        endIfIdle(key, &turn)
    }

    /// Sends SHUTDOWN; force follows after the grace, whether the executor listens or not.
    mutating func askToEnd(_ key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], executor.stage != .terminating else { return }
        let deadline = turn.now + executor.stored.info.shutdownGrace(configuration.executors)
        executors[key]?.session.endDeadline = deadline
        timers.set(.executorEnd(key), at: deadline)
        if let stream = executor.session.stream { turn.send(.shutdown, to: stream) }
    }

    /// Kills an executor's container, and again every second until its end is reported.
    mutating func endByForce(_ key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key] else { return }
        executors[key]?.phase = .ending
        executors[key]?.session.endDeadline = turn.now + AgentLimits.killRetry
        timers.set(.executorEnd(key), at: turn.now + AgentLimits.killRetry)
        turn.effects.append(.destroy(executor.stored.container))
    }

    mutating func passEndTime(_ key: ExecutorKey, _ turn: inout Turn) {
        if let deadline = executors[key]?.session.endDeadline, deadline <= turn.now { endByForce(key, &turn) }
        guard let closing = closing[key], closing.deadline <= turn.now else { return }
        turn.effects.append(.destroy(closing.container))
        self.closing[key]?.deadline = turn.now + AgentLimits.killRetry
        timers.set(.executorEnd(key), at: turn.now + AgentLimits.killRetry)
    }

    /// Its container has ended: the tasks it left get their last updates.
    mutating func customEnded(_ executor: ExecutorRecord, _ exit: ContainerExit, _ turn: inout Turn) {
        for key in executor.tasks {
            guard let task = tasks[key] else { continue }
            var report = stopReport(of: key, "its executor \(exit.words)") ?? endReport(of: task, executor.session.endCause, exit)
            if stopPhase == .running { report.apply(exit) }
            conclude(key, report, exit: exit, &turn)
        }
        if let stream = executor.session.stream { close(stream, &turn) }
        // The framework shall hear of its tasks before it hears of their executor.
        flush(&turn)
        executorGone(executor.key, waitStatus: exit.waitStatus, &turn)
    }

    private func endReport(of task: TaskRecord, _ cause: ExecutorSession.EndCause?, _ exit: ContainerExit) -> StatusReport {
        var report = StatusReport(state: .taskFailed, source: .agent, reason: .executorTerminated)
        switch cause {
        case .didNotSubscribe(let time):
            report.reason = .executorRegistrationTimeout
            report.message = "the executor did not subscribe within \(time.mesosText) of its start"
        case .didNotReturn(let time):
            report.reason = .executorReregistrationTimeout
            report.message = "the executor did not subscribe again within \(time.mesosText) of the agent's restart"
        case .isNotCheckpointed:
            report.state = task.stored.isDelivered ? goneState(task.key.framework) : droppedState(task.key.framework)
            report.reason = .agentRestarted
            report.message = "the agent was restarted, and the framework has not set \"checkpoint\""
        case nil:
            if !task.stored.isDelivered { report.state = droppedState(task.key.framework) }
            let when = task.stored.isDelivered ? "" : " before it got the task"
            report.message = exit.message ?? "its executor \(exit.words)\(when)"
        }
        return report
    }

    // MARK: The end of a framework

    /// A framework is gone: its executor may end by itself if it listens, and nobody waits for it.
    mutating func dismiss(_ executor: ExecutorRecord, _ turn: inout Turn) {
        guard executor.stored.kind == .custom, executor.phase != .ending, let stream = executor.session.stream else {
            if let stream = executor.session.stream { close(stream, &turn) }
            return turn.effects.append(.destroy(executor.stored.container))
        }
        let deadline = executor.session.endDeadline ?? turn.now + executor.stored.info.shutdownGrace(configuration.executors)
        closing[executor.key] = ClosingExecutor(container: executor.stored.container, stream: stream, deadline: deadline)
        timers.set(.executorEnd(executor.key), at: deadline)
        turn.send(.shutdown, to: stream)
    }

    /// A container that nobody waits for has ended.
    mutating func closingEnded(_ container: ContainerID, _ turn: inout Turn) {
        guard let (key, executor) = closing.first(where: { $0.value.container == container }) else { return }
        closing[key] = nil
        if let stream = executor.stream { close(stream, &turn) }
    }
}
