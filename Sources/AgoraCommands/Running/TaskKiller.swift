import MesosMessages

/// Ends tasks on behalf of `agora kill`.
struct TaskKiller: Sendable {
    /// Between two looks at whether a task has ended.
    static let pause = Duration.milliseconds(200)
    /// Time for a task to be reported as ended once it was killed for good.
    static let patience = Duration.seconds(30)
    /// Between SIGTERM and SIGKILL if nobody says otherwise: what Mesos takes.
    static let usualGrace = Duration.seconds(3)

    enum Failure: Error, CustomStringConvertible {
        case client(ClientError)
        /// The master refused to take the framework back.
        case refused(String)
        case unfinished([String])

        var description: String {
            switch self {
            case .client(let error): error.description
            case .refused(let reason): "the master refused: \(reason)"
            case .unfinished(let tasks): "not ended within \(TaskKiller.patience): \(tasks.joined(separator: ", ")); see `agora ps`"
            }
        }
    }

    let connection: Connection
    let master: Endpoint
    /// Instead of the tasks' own.
    let grace: Duration?
    let note: @Sendable (String) async -> Void

    /// Ends `targets`, which are of one framework, and waits for their end.
    func kill(_ targets: [TaskCatalogue.Entry], of catalogue: TaskCatalogue) async throws(Failure) {
        guard let first = targets.first else { return }
        if first.framework.isOfAgoraRun && !first.isFrameworkConnected {
            let siblings = catalogue.entries.filter { $0.task.frameworkID == first.task.frameworkID && $0.isActive }
            try await remove(
                PodRemoval(framework: first.framework, targets: targets.map(\.id), open: siblings.map(\.id), grace: grace)
            )
        } else {
            await note("\(first.framework.name) has a scheduler of its own, which learns of this and may start the task again")
            try await signal(targets.filter(\.isActive))
        }
    }

    /// Speaks as a framework whose scheduler has left.
    private func remove(_ removal: PodRemoval) async throws(Failure) {
        let scheduler = SchedulerClient(connection: connection, master: master)
        let (events, continuation) = AsyncStream.makeStream(
            of: Mesos_V1_Scheduler_Event.self,
            bufferingPolicy: .bufferingOldest(PodRunner.maximumWaitingInputs)
        )
        do {
            let subscription = try await scheduler.subscribe(removal.subscription)
            let reader = Task {
                defer { continuation.finish() }
                try await scheduler.receive(subscription) { event in
                    if case .enqueued = continuation.yield(event) { true } else { false }
                }
            }
            defer { reader.cancel() }
            var removal = removal
            for await event in events {
                for effect in removal.handle(event) {
                    if try await perform(effect, scheduler, streamID: subscription.streamID) { return }
                }
            }
        } catch let error as ClientError {
            throw .client(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .refused("\(error)")
        }
        throw .refused("it closed the connection before everything had ended")
    }

    /// - Returns: whether all is done.
    private func perform(_ effect: PodRemoval.Effect, _ scheduler: SchedulerClient, streamID: String) async throws -> Bool {
        switch effect {
        case .send(let call): try await scheduler.send(call, streamID: streamID)
        case .ended(let task, let state): await note("\(task): \(state.word)")
        case .finish: return true
        case .fail(let reason): throw Failure.refused(reason)
        }
        return false
    }

    /// Ends containers through their agents; their framework sees its tasks end.
    private func signal(_ targets: [TaskCatalogue.Entry]) async throws(Failure) {
        do {
            try await send(gently: true, to: targets)
            var left = try await stillActive(targets, for: grace ?? Self.usualGrace)
            if !left.isEmpty {
                try await send(gently: false, to: left)
                left = try await stillActive(left, for: Self.patience)
            }
            guard left.isEmpty else { throw Failure.unfinished(left.map(\.id)) }
        } catch let error as ClientError {
            throw .client(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .refused("\(error)")
        }
    }

    private func send(gently isGentle: Bool, to targets: [TaskCatalogue.Entry]) async throws(ClientError) {
        for entry in targets {
            guard let agent = entry.agent, let container = entry.container else { continue }
            let client = AgentClient(connection: connection, agent: Endpoint(of: agent))
            // A container that is gone has ended, which is what we want.
            _ = try await client.kill(container, signal: isGentle ? 15 : 9)
        }
    }

    /// Those that have not ended when the time is over.
    private func stillActive(_ targets: [TaskCatalogue.Entry], for time: Duration) async throws -> [TaskCatalogue.Entry] {
        let deadline = ContinuousClock.now + time
        let client = MasterClient(connection: connection, master: master)
        while true {
            let active = Set(try await client.tasks().tasks.filter { !$0.state.isTerminal }.map { Key($0) })
            let left = targets.filter { active.contains(Key($0.task)) }
            if left.isEmpty || ContinuousClock.now > deadline { return left }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Ids of tasks are unique within their framework only.
    private struct Key: Hashable {
        let framework: String
        let task: String

        init(_ task: Mesos_V1_Task) {
            framework = task.frameworkID.value
            self.task = task.taskID.value
        }
    }
}
