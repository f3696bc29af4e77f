import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    /// An executor listens: it learns who it is, what it was not told yet, and that what it says has arrived.
    mutating func attach(
        _ stream: StreamID,
        to key: ExecutorKey,
        _ subscribe: Mesos_V1_Executor_Call.Subscribe,
        _ turn: inout Turn
    ) {
        guard let executor = executors[key] else { return }
        if let old = executor.session.stream { close(old, &turn) }
        executorStreams[stream] = key
        executors[key]?.session.subscription = .open(stream)
        startHeartbeats(of: key, &turn)
        let isEnding = executor.stage == .terminating
        if isEnding { turn.send(.shutdown, to: stream) } else { greet(executor, on: stream, &turn) }
        for update in subscribe.unacknowledgedUpdates { merge(update.status, from: key, &turn) }
        guard !isEnding else { return }
        dropUndelivered(of: key, known: Set(subscribe.unacknowledgedTasks.map(\.taskID.value)), &turn)
        repeatKills(of: key, on: stream, &turn)
        deliver(to: key, &turn)
    }

    /// An executor whose framework is gone has only one thing to hear.
    mutating func attach(_ stream: StreamID, toClosing key: ExecutorKey, _ turn: inout Turn) {
        if let old = closing[key]?.stream { close(old, &turn) }
        closing[key]?.stream = stream
        executorStreams[stream] = key
        turn.send(.shutdown, to: stream)
    }

    private func greet(_ executor: ExecutorRecord, on stream: StreamID, _ turn: inout Turn) {
        turn.log(.info, "executor subscribed", ["executor": "\(executor.key.executor)", "framework": "\(executor.key.framework)"])
        turn.send(.subscribed, to: stream) { event in
            event.subscribed.executorInfo = executor.stored.info
            event.subscribed.frameworkInfo = frameworks[executor.key.framework]?.info ?? Mesos_V1_FrameworkInfo()
            event.subscribed.agentInfo = info
            event.subscribed.containerID = executor.stored.container.message
        }
    }

    /// An update from before the stream: of one that breaks a rule nothing can become, so it is dropped.
    private mutating func merge(_ status: Mesos_V1_TaskStatus, from key: ExecutorKey, _ turn: inout Turn) {
        do throws(Refusal) {
            try ExecutorCallValidation.check(status, from: key.executor.value)
            try take(status, from: key, &turn)
        } catch {
            executorCounters.invalidUpdates += 1
            turn.log(.warning, "dropped an update that an executor brought back", ["executor": "\(key.executor)", "reason": error.message])
        }
    }

    /// Tasks that were sent on an older stream and did not arrive, of which the executor says nothing.
    private mutating func dropUndelivered(of key: ExecutorKey, known: Set<String>, _ turn: inout Turn) {
        guard let executor = executors[key] else { return }
        for taskKey in executor.tasks {
            guard let task = tasks[taskKey], task.stored.isDelivered, task.state == .taskStaging, !known.contains(taskKey.task.value)
            else { continue }
            let report = StatusReport(
                state: droppedState(key.framework),
                source: .agent,
                reason: .agentRestarted,
                message: "the executor lost its connection before the task arrived; launch it again"
            )
            conclude(taskKey, report, &turn)
        }
        adjustLimits(of: key, &turn)
    }

    private func repeatKills(of key: ExecutorKey, on stream: StreamID, _ turn: inout Turn) {
        for task in executors[key]?.tasks.compactMap({ tasks[$0] }) ?? [] {
            guard task.phase != .ended, let kill = task.stored.kill else { continue }
            turn.sendKill(task.key, kill, to: stream)
        }
    }

    /// Sends the tasks that wait to their executor if it listens; that they were sent is on the disk before.
    mutating func deliver(to key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], let stream = executor.session.stream, executor.stage != .terminating else { return }
        let waiting = executor.tasks.compactMap { tasks[$0] }.filter { $0.phase == .waiting }
        var number = 0
        while number < waiting.count {
            let first = waiting[number].stored
            let group = waiting[number...].prefix { first.delivery == .grouped ? $0.stored.group == first.group : $0.key == first.key }
            number += group.count
            for task in group { markDelivered(task.key, executor, &turn) }
            if first.delivery == .grouped {
                turn.send(.launchGroup, to: stream) { $0.launchGroup.taskGroup.tasks = group.map(\.stored.info) }
            } else {
                turn.send(.launch, to: stream) { $0.launch.task = first.info }
            }
        }
    }

    private mutating func markDelivered(_ key: TaskKey, _ executor: ExecutorRecord, _ turn: inout Turn) {
        executors[executor.key]?.session.wasSentTask = true
        tasks[key]?.stored.isDelivered = true
        tasks[key]?.phase = .running(pid: executor.pid)
        persist(key, &turn)
    }

    // MARK: The end of a stream

    /// The agent ends a stream.
    mutating func close(_ stream: StreamID, _ turn: inout Turn) {
        executorStreams[stream] = nil
        turn.effects.append(.closeStream(stream))
    }

    /// A stream broke: the executor may come back.
    mutating func executorStreamClosed(_ stream: StreamID, _ turn: inout Turn) {
        guard let key = executorStreams.removeValue(forKey: stream) else { return }
        if executors[key]?.session.stream == stream {
            executors[key]?.session.subscription = .lost
            turn.log(.info, "an executor's stream ended", ["executor": "\(key.executor)", "framework": "\(key.framework)"])
        }
        if closing[key]?.stream == stream { closing[key]?.stream = nil }
    }

    // MARK: Heartbeats

    /// One timer for all the life of an executor, however often it subscribes.
    private mutating func startHeartbeats(of key: ExecutorKey, _ turn: inout Turn) {
        guard executors[key]?.session.hasHeartbeatTimer == false else { return }
        executors[key]?.session.hasHeartbeatTimer = true
        timers.set(.executorHeartbeat(key), at: turn.now + ExecutorOptions.heartbeatInterval)
    }

    mutating func beat(_ key: ExecutorKey, _ turn: inout Turn) {
        guard let executor = executors[key], executor.session.hasHeartbeatTimer else { return }
        if let stream = executor.session.stream { turn.send(.heartbeat, to: stream) }
        timers.set(.executorHeartbeat(key), at: turn.now + ExecutorOptions.heartbeatInterval)
    }
}

extension ExecutorRecord {
    /// The first process of its container on the host; 0: not known yet.
    var pid: Int32 {
        if case .running(let pid) = phase { pid } else { 0 }
    }
}
