public import Cluster
import HashTreeCollections
public import MesosMessages

/// A container that a restarted agent found.
public struct FoundContainer: Sendable {
    /// What it does.
    public enum State: Sendable {
        case running(pid: Int32)
        case ended(ContainerExit)
    }

    /// Its name.
    public var id: ContainerID
    /// What it does.
    public var state: State
    /// Launched by an operator at the top: it belongs to no executor.
    public var isStandalone: Bool
    /// The networks that it is in, with its addresses there; none: the host's.
    public var networks: [Mesos_V1_NetworkInfo] = []

    /// Whether it ended as one does whose machine stops: killed, for no reason that is known.
    var wasCutShort: Bool {
        guard case .ended(let exit) = state else { return false }
        return exit.waitStatus == 9 && exit.limitation == nil
    }

    /// Describes it.
    public init(id: ContainerID, state: State, isStandalone: Bool) {
        self.id = id
        self.state = state
        self.isStandalone = isStandalone
    }
}

extension AgentCore {
    /// Puts what was stored and what was found together, before `start`.
    ///
    /// Tasks whose containers run are as before. Those whose containers ended meanwhile get the update that is due.
    /// Containers of executors that nobody knows are destroyed; those of operators stay.
    public mutating func recover(
        _ stored: StoredAgent,
        found: [FoundContainer],
        at now: Timestamp,
        effects: inout [AgentEffect]
    ) {
        var turn = Turn(now: now)
        id = stored.id
        life = stored.life &+ 1
        turn.effects.append(.persist(.putLife(life)))
        let wasRestarted = stored.description.map { $0.boot != configuration.boot } ?? false
        describe(stored.description, &turn)
        trimEndedTasks(&turn)
        frameworks = [:]
        for (id, info) in stored.frameworks { frameworks[id] = FrameworkRecord(info: info) }
        for executor in stored.executors { restore(executor) }
        for task in stored.tasks { restore(task) }
        for container in found where !container.networks.isEmpty { networks[container.id] = container.networks }
        let states = Dictionary(found.filter { !wasRestarted || !$0.wasCutShort }.map { ($0.id, $0.state) }) { first, _ in first }
        for (container, state) in states { resume(container, state) }
        for task in tasks.values.filter({ $0.phase != .ended }).sorted(by: { $0.key < $1.key }) {
            recover(task, states, &turn)
        }
        for executor in executors.values.sorted(by: { $0.key < $1.key }) { recover(executor, states, &turn) }
        resumeChecks(&turn)
        for container in found.sorted(by: { $0.id < $1.id }) { destroyIfUnknown(container, &turn) }
        for id in frameworks.keys.sorted() { forgetIfIdle(id, &turn) }
        effects += turn.effects
    }

    /// Writes down how the agent describes itself now, if that is new.
    private func describe(_ former: AgentDescription?, _ turn: inout Turn) {
        let description = AgentDescription(info: configuration.info, boot: configuration.boot)
        if description != former { turn.effects.append(.persist(.putDescription(description))) }
    }

    private mutating func restore(_ stored: StoredExecutor) {
        executors[stored.key] = ExecutorRecord(stored: stored, phase: .launching, limits: ContainerLimits())
        owners[stored.container] = .executor(stored.key)
        executors[stored.key]?.limits = (try? ContainerLimits(resources: stored.info.resources)) ?? ContainerLimits()
    }

    private mutating func restore(_ stored: StoredTask) {
        var task = TaskRecord(stored: stored, phase: phaseOfRestored(stored))
        if task.state.isTerminal { task.phase = .ended }
        tasks[task.key] = task
        if let kill = stored.kill { timers.set(.kill(task.key), at: kill.deadline) }
        if let deadline = stored.completionDeadline { timers.set(.completion(task.key), at: deadline) }
        guard let key = stored.executor, let executor = executors[key] else { return }
        executors[key]?.tasks.append(task.key)
        executors[key]?.nextGroup = max(executor.nextGroup, stored.group + 1)
        guard executor.stored.kind == .default, task.phase != .ended else { return }
        if let container = stored.container { owners[container] = .task(task.key) }
        guard let limits = try? ContainerLimits(resources: stored.info.resources, limits: stored.info.limits) else { return }
        executors[key]?.limits = executor.limits.adding(limits)
    }

    /// Before anything is decided: what is there, has been running.
    private mutating func resume(_ container: ContainerID, _ state: FoundContainer.State) {
        let pid: Int32 = if case .running(let pid) = state { pid } else { 0 }
        switch owners[container] {
        case .task(let key): tasks[key]?.phase = .running(pid: pid)
        case .executor(let key):
            executors[key]?.phase = .running(pid: pid)
            for task in executors[key]?.tasks ?? [] where executors[key]?.stored.kind != .default {
                let isHere = tasks[task]?.stored.delivery == nil || tasks[task]?.stored.isDelivered == true
                if tasks[task]?.phase != .ended, isHere { tasks[task]?.phase = .running(pid: pid) }
            }
        case .nobody, nil: break
        }
    }

    /// A task of a group; one of its own is recovered with its executor.
    private mutating func recover(
        _ task: TaskRecord,
        _ states: [ContainerID: FoundContainer.State],
        _ turn: inout Turn
    ) {
        guard let container = task.stored.container, container.depth > 1, tasks[task.key]?.phase != .ended else { return }
        switch states[container] {
        case .running:
            if task.state == .taskStarting && task.stored.kill == nil { taskRuns(task.key, &turn) }
        case .ended(let exit):
            containerEnded(container, exit, &turn)
        case nil where task.state == .taskStaging || task.state == .taskStarting:
            break  // Its launch had not come to anything: it starts with its executor.
        case nil:
            owners[container] = nil
            end(task.key, lost(task), &turn)
        }
    }

    private mutating func recover(
        _ executor: ExecutorRecord,
        _ states: [ContainerID: FoundContainer.State],
        _ turn: inout Turn
    ) {
        let container = executor.stored.container
        switch states[container] {
        case .running: goOn(executor, &turn)
        case .ended(let exit): containerEnded(container, exit, &turn)
        case nil:
            owners[container] = nil
            for key in executor.tasks {
                if let task = tasks[key] { conclude(key, lost(task), &turn) }
            }
            executorGone(executor.key, waitStatus: -1, &turn)
        }
    }

    private mutating func goOn(_ executor: ExecutorRecord, _ turn: inout Turn) {
        switch executor.stored.kind {
        case .custom: goOnCustom(executor, &turn)
        case .default:
            launchWaitingTasks(of: executor.key, &turn)
            endIfIdle(executor.key, &turn)
        case .command:
            guard let key = executor.tasks.first, let task = tasks[key], task.stored.kill == nil else { return }
            if task.state == .taskStaging { report(key, StatusReport(state: .taskStarting), &turn) }
            if tasks[key]?.state == .taskStarting { taskRuns(key, &turn) }
        }
    }

    /// A container that is not there any more: the machine restarted, or its launch had not begun.
    private func lost(_ task: TaskRecord) -> StatusReport {
        let hasRun = task.state != .taskStaging && task.state != .taskStarting
        return StatusReport(
            state: hasRun ? goneState(task.key.framework) : droppedState(task.key.framework),
            source: .agent,
            reason: .agentRestarted,
            message: "the restarted agent did not find the task's container; the machine was probably restarted"
        )
    }

    private mutating func destroyIfUnknown(_ container: FoundContainer, _ turn: inout Turn) {
        guard container.id.depth == 1, !container.isStandalone, owners[container.id] == nil else { return }
        switch container.state {
        case .ended:
            turn.effects.append(.forget(container.id))
        case .running:
            turn.log(.warning, "destroying a container of which nothing is known", ["container": "\(container.id)"])
            owners[container.id] = ContainerOwner.nobody
            turn.effects.append(.destroy(container.id))
        }
    }
}
