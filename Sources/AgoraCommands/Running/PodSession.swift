import Cluster
import MesosMessages

/// One run of a pod in progress.
struct PodSession {
    private typealias Follower = (ending: OutputFollower.Ending, tasks: [Task<Void, Never>])

    private static let pullPatience = Duration.milliseconds(300)

    private let runner: PodRunner
    private let scheduler: SchedulerClient
    private let outputs: OutputStreams
    private let inputs: AsyncStream<PodRunner.Input>.Continuation
    private var run: PodRun
    private var streamID: String?
    private var listener: Task<Void, Never>?
    private var followers: [TaskID: Follower] = [:]
    private var pulls: Task<Void, Never>?
    private var lostAt: ContinuousClock.Instant?
    /// What was told last about why the pod waits.
    private var lastExplanation = ""
    /// Whether the master cannot say why something waits: one of Mesos.
    private var isMasterIgnorant = false
    private var pause = PodRunner.reconnectPauses.first

    init(runner: PodRunner, run: PodRun, outputs: OutputStreams, inputs: AsyncStream<PodRunner.Input>.Continuation) {
        self.runner = runner
        self.run = run
        self.outputs = outputs
        self.inputs = inputs
        scheduler = SchedulerClient(connection: runner.connection, master: runner.master)
    }

    mutating func serve(_ stream: AsyncStream<PodRunner.Input>) async throws(ClientError) -> PodOutcome {
        defer { listener?.cancel() }
        listen(after: .zero)
        for await input in stream {
            if let outcome = await perform(try await effects(of: input)) { return await finish(outcome) }
        }
        return .interrupted
    }

    private mutating func effects(of input: PodRunner.Input) async throws(ClientError) -> [PodRun.Effect] {
        switch input {
        case .opened(let streamID):
            self.streamID = streamID
            lostAt = nil
            pause = PodRunner.reconnectPauses.first
            return []
        case .event(let event): return run.handle(.event(event))
        case .lost(let error): return try await lost(error)
        case .waited: return run.handle(.waited)
        case .interrupted: return run.handle(.interrupted)
        }
    }

    /// Tries again for as long as the master would keep the pod.
    private mutating func lost(_ error: ClientError?) async throws(ClientError) -> [PodRun.Effect] {
        streamID = nil
        guard let frameworkID = run.frameworkID else {
            guard let error else { return run.handle(.refused("the master closed the connection before it answered")) }
            throw error
        }
        if let error, error.status != nil, error.status != 503 {
            return run.handle(.refused("the master at \(runner.master) no longer knows framework \(frameworkID.value): \(error)"))
        }
        let now = ContinuousClock.now
        if lostAt == nil { await runner.note("the connection to the master at \(runner.master) is lost; trying again") }
        let since = lostAt ?? now
        lostAt = since
        guard now - since < PodRunOptions.attachedFailover else {
            return run.handle(.refused("the master at \(runner.master) did not come back within \(PodRunOptions.attachedFailover)"))
        }
        listen(after: pause)
        pause = min(pause * 2, PodRunner.reconnectPauses.longest)
        return []
    }

    /// Opens the stream of events and hands them to the loop.
    private mutating func listen(after pause: Duration) {
        listener?.cancel()
        let (scheduler, inputs, call) = (scheduler, inputs, run.subscription())
        listener = Task {
            do {
                try? await Task.sleep(for: pause)
                let subscription = try await scheduler.subscribe(call)
                inputs.yield(.opened(streamID: subscription.streamID))
                var isComplete = true
                try await scheduler.receive(subscription) { event in
                    if case .dropped = inputs.yield(.event(event)) { isComplete = false }
                    return isComplete
                }
                inputs.yield(.lost(nil))
            } catch {
                guard !Task.isCancelled else { return }
                inputs.yield(.lost(error as? ClientError))
            }
        }
    }

    /// Does all that is to be done, and what follows from it.
    ///
    /// - Returns: how the run ended, if it did.
    private mutating func perform(_ effects: [PodRun.Effect]) async -> PodOutcome? {
        for effect in effects {
            switch effect {
            case .send(let call):
                // Before the agent begins, which may be quick.
                if call.type == .accept { watchPulls() }
                guard let error = await send(call) else { continue }
                guard error.status != nil else {
                    // Nobody knows whether it has arrived: that is found out after the next subscription.
                    streamID = nil
                    inputs.yield(.lost(nil))
                    continue
                }
                // Without an answer to ACCEPT nothing would ever come; other calls can be refused without harm.
                guard call.type == .accept else {
                    await runner.note("\(error)")
                    continue
                }
                return await perform(run.handle(.refused("\(error)")))
            case .note(let text): await runner.note(text)
            case .explain(let question): await explain(question)
            case .follow(let sandbox): follow(sandbox)
            case .drain(let task): followers[task]?.ending.come()
            case .end(let outcome): return outcome
            }
        }
        return nil
    }

    /// Calls that get lost with the connection are made up for after the next subscription.
    ///
    /// - Returns: why the call failed, if it did.
    private func send(_ call: Mesos_V1_Scheduler_Call) async -> ClientError? {
        guard let streamID else { return nil }
        do {
            try await scheduler.send(call, streamID: streamID)
            return nil
        } catch {
            return error
        }
    }

    /// Tells what the master says, if it is something new. Masters that do not know are not asked again.
    private mutating func explain(_ question: FrameworkQuestion) async {
        guard !isMasterIgnorant else { return }
        let client = MasterClient(connection: runner.connection, master: runner.master)
        do throws(ClientError) {
            let answer = try await client.waiting(question.framework, for: question.wanted)
            let text = answer.roles.map(\.sentence).joined(separator: "; ")
            guard text != lastExplanation, answer.roles.allSatisfy({ $0.suitable == 0 }) else { return }
            lastExplanation = text
            await runner.note(text)
        } catch {
            isMasterIgnorant = error.status == 404
        }
    }

    private mutating func watchPulls() {
        pulls?.cancel()
        guard let display = runner.pulls, case .launched(let placement) = run.phase else { return }
        let (watch, images) = (PullWatch(connection: runner.connection, display: display), run.launch.publicImages)
        pulls = Task { await watch.show(images, on: placement.agent) }
    }

    /// What is on its way of what was pulled is shown; a pull that nobody wants any more is not waited for.
    private func endPulls() async {
        guard let pulls else { return }
        let patience = Task {
            try await Task.sleep(for: Self.pullPatience)
            pulls.cancel()
        }
        await pulls.value
        patience.cancel()
    }

    private mutating func follow(_ sandbox: TaskSandbox) {
        guard !run.options.isDetached else { return }
        let ending = OutputFollower.Ending()
        let output = TaskOutput(sandbox: sandbox, connection: runner.connection, outputs: outputs, ending: ending, note: runner.note)
        let manner = run.options.attachment
        let task = Task { if let manner { await output.join(manner) } else { await output.show(OutputStreams.File.allCases) } }
        followers[sandbox.taskID] = (ending, [task])
    }

    /// Shows what is left of the output, and takes the framework away unless its tasks are to stay.
    private mutating func finish(_ outcome: PodOutcome) async -> PodOutcome {
        await endPulls()
        let tasks = followers.values.flatMap(\.tasks)
        let isComplete = run.tasks.values.allSatisfy { $0.end != nil }
        if !isComplete { tasks.forEach { $0.cancel() } }
        for task in tasks { await task.value }
        if case .detached = outcome { return outcome }
        if run.frameworkID != nil { _ = await send(run.call(.teardown)) }
        return outcome
    }
}
