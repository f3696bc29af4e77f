import Cluster
import HashTreeCollections
import MesosMessages

extension AgentCore {
    /// Ends an executor without tasks: at once if all updates are acknowledged, else after a while.
    mutating func endIfIdle(_ key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], executor.stored.kind == .default, executor.phase != .ending else { return }
        let rest = executor.tasks.compactMap { tasks[$0] }
        guard rest.allSatisfy({ $0.phase == .ended }) else { return }
        let isAcknowledged = rest.allSatisfy { $0.firstPending == nil }
        let deadline = executor.lingerDeadline ?? turn.now + AgentLimits.executorLinger
        let neverRan = executor.phase == .launching
        if isAcknowledged || neverRan || deadline <= turn.now {
            executors[key]?.phase = .ending
            turn.effects.append(.destroy(executor.stored.container))
        } else if executor.lingerDeadline == nil {
            executors[key]?.lingerDeadline = deadline
            timers.set(.linger(key), at: deadline)
        }
    }

    /// An executor's container is no more.
    mutating func executorGone(_ key: ExecutorKey, waitStatus: Int32, _ turn: inout Turn) {
        guard let executor = executors.removeValue(forKey: key) else { return }
        turn.effects.append(.persist(.deleteExecutor(key)))
        executorCounters.terminated += 1
        history.add(executor.stored)
        if executor.stored.kind != .command {
            var exit = Agora_V1_AgentCall.ExecutorExited()
            exit.frameworkID.value = key.framework.value
            exit.executorID.value = key.executor.value
            exit.status = waitStatus
            report(exit, &turn)
        }
        forgetIfIdle(key.framework, &turn)
    }

    /// Tells the master that an executor is gone; later, if the SUBSCRIBE under way still named it.
    private mutating func report(_ exit: Agora_V1_AgentCall.ExecutorExited, _ turn: inout Turn) {
        if case .dialing = link { return exitsWhileDialing.append(exit) }
        send(&turn) { call in
            call.type = .executorExited
            call.executorExited = exit
        }
    }

    /// The master took the SUBSCRIBE: it learns what ended since that was written.
    mutating func reportExitsWhileDialing(_ turn: inout Turn) {
        let exits = exitsWhileDialing
        exitsWhileDialing = []
        for exit in exits { report(exit, &turn) }
    }

    /// A task that ended and of which its framework knows.
    mutating func forget(_ task: TaskRecord, _ turn: inout Turn) {
        tasks.removeValue(forKey: task.key)
        turn.effects.append(.persist(.deleteTask(task.key)))
        complete(task, task.message, &turn)
        if let executor = task.stored.executor, executors[executor] != nil {
            executors[executor]?.tasks.removeAll { $0 == task.key }
            endIfIdle(executor, &turn)
        }
        forgetIfIdle(task.key.framework, &turn)
    }

    /// Keeps what a task was for those who ask, and with it the result of its container, until newer ones take their place.
    private mutating func complete(_ task: TaskRecord, _ message: Mesos_V1_Task, _ turn: inout Turn) {
        let entry = CompletedTask(executor: task.stored.executor, task: message, container: task.stored.container)
        guard let container = history.add(entry)?.container, container.depth > 1 else { return }
        turn.effects.append(.forget(container))
    }

    mutating func forgetIfIdle(_ id: FrameworkID, _ turn: inout Turn) {
        let isUsed = executors.keys.contains { $0.framework == id } || tasks.keys.contains { $0.framework == id }
        guard !isUsed, let framework = frameworks.removeValue(forKey: id) else { return }
        history.add(framework.info)
        turn.effects.append(.persist(.deleteFramework(id)))
    }

    /// A framework is gone: all it has here is killed, and nobody is to be told.
    mutating func shutdown(_ event: Agora_V1_AgentEvent.ShutdownFramework, _ turn: inout Turn) {
        guard let id = try? FrameworkID(validating: event.frameworkID.value), let framework = frameworks[id] else { return }
        turn.log(.info, "shutting a framework down", ["framework": "\(id)"])
        for task in tasks.values.filter({ $0.key.framework == id }).sorted(by: { $0.key < $1.key }) {
            drop(task, &turn)
        }
        for executor in executors.values.filter({ $0.key.framework == id }).sorted(by: { $0.key < $1.key }) {
            owners[executor.stored.container] = ContainerOwner.nobody
            executors.removeValue(forKey: executor.key)
            history.add(executor.stored)
            turn.effects.append(.persist(.deleteExecutor(executor.key)))
            dismiss(executor, &turn)
        }
        frameworks.removeValue(forKey: id)
        history.add(framework.info)
        turn.effects.append(.persist(.deleteFramework(id)))
    }

    /// Forgets a task without a word to its framework.
    private mutating func drop(_ task: TaskRecord, _ turn: inout Turn) {
        var message = task.message
        if task.phase != .ended {
            message.state = .taskKilled
            keepEnd(of: task, abandonment(of: task, turn.now), nil, &turn)
        }
        tasks.removeValue(forKey: task.key)
        complete(task, message, &turn)
        turn.effects.append(.persist(.deleteTask(task.key)))
        abandonContainer(of: task)
    }

    /// What is kept of a task whose framework is gone; nobody is told.
    private func abandonment(of task: TaskRecord, _ now: Timestamp) -> Mesos_V1_TaskStatus {
        var status = Mesos_V1_TaskStatus()
        status.taskID.value = task.key.task.value
        status.state = .taskKilled
        status.source = .agent
        status.message = "its framework is gone"
        status.timestamp = now.seconds
        return status
    }

    /// Nobody cares any more how the container of a task ends; one that was never launched will not even end.
    mutating func abandonContainer(of task: TaskRecord) {
        guard let container = task.stored.container, owners[container] == .task(task.key) else { return }
        owners[container] = task.phase == .waiting ? nil : .nobody
    }

    // MARK: The end of the process

    /// Leaves the containers to the next process, or kills them all first and says good-bye to the master.
    mutating func stop(destroyContainers: Bool, _ turn: inout Turn) {
        guard stopPhase == .running else { return }
        guard destroyContainers else {
            stopPhase = .stopped
            link = .idle
            return turn.effects.append(.stopped)
        }
        stopPhase = .destroying
        for container in owners.keys.filter({ $0.depth == 1 }).sorted() { turn.effects.append(.destroy(container)) }
        finishStop(&turn)
    }

    /// Ends the process once the last container is gone.
    mutating func finishStop(_ turn: inout Turn) {
        guard stopPhase == .destroying, owners.isEmpty else { return }
        turn.updates += lastWords
        flush(&turn)
        send(&turn) { $0.type = .unsubscribe }
        link = .idle
        stopPhase = .stopped
        turn.effects.append(.stopped)
        if let shutdownReason { turn.effects.append(.abort(shutdownReason)) }
    }

    /// Updates that wait behind others which are not acknowledged: after the good-bye nothing more can be told.
    private var lastWords: [Agora_V1_StatusUpdate] {
        tasks.values.sorted { $0.key < $1.key }.flatMap { $0.stored.updates.dropFirst($0.stored.acknowledged + 1) }
    }

    // MARK: Time

    /// Looks at everything whose time has come.
    mutating func passTime(_ turn: inout Turn) {
        passLinkTime(&turn)
        while let target = timers.pop(at: turn.now) {
            switch target {
            case .resend(let key): resendIfDue(key, &turn)
            case .kill(let key): passKillTime(key, &turn)
            case .completion(let key):
                guard let deadline = tasks[key]?.stored.completionDeadline, deadline <= turn.now else { continue }
                if let task = tasks[key], task.stored.kill == nil {
                    kill(key, .completionTime, grace: .zero, &turn)
                    killGroup(of: task, &turn)
                }
            case .cleanUp: stop(destroyContainers: true, &turn)
            case .probe(let key, let kind): passProbeTime(key, kind, &turn)
            case .linger(let key):
                guard executors[key]?.lingerDeadline != nil else { continue }
                endIfIdle(key, &turn)
            case .subscription(let key): passSubscriptionTime(key, &turn)
            case .executorEnd(let key): passEndTime(key, &turn)
            case .executorHeartbeat(let key): beat(key, &turn)
            }
        }
    }
}
