import Cluster
import HashTreeCollections
import MesosMessages

extension AgentCore {
    // MARK: Beginning and ending

    /// A task runs: its checks begin after their delay.
    mutating func startChecks(_ key: TaskKey, _ turn: inout Turn) {
        guard let task = tasks[key], let checks = TaskChecks(task.stored.info, began: turn.now) else { return }
        tasks[key]?.checks = checks
        for kind in CheckKind.allCases { schedule(kind, of: key) }
    }

    /// After a restart of the agent: checks of tasks that run go on where they were.
    mutating func resumeChecks(_ turn: inout Turn) {
        for key in tasks.keys.sorted() {
            guard let task = tasks[key], task.checks == nil, task.isChecked, builtInKind(task.stored.executor) != nil else { continue }
            let statuses = task.stored.updates.map(\.status)
            let began = statuses.first { $0.state == .taskRunning }.map(Timestamp.init(of:))
            guard var checks = TaskChecks(task.stored.info, began: began ?? turn.now) else { continue }
            for status in statuses {
                checks.health?.resume(status)
                checks.status?.resume(status)
            }
            tasks[key]?.checks = checks
            for kind in CheckKind.allCases { schedule(kind, of: key) }
        }
    }

    /// A task ends or is killed: nobody looks at it any more, and looks that are under way end.
    mutating func stopChecks(_ key: TaskKey, _ turn: inout Turn) {
        for kind in CheckKind.allCases {
            guard let phase = tasks[key]?.checks?[kind]?.phase, phase != .stopped else { continue }
            if case .probing(let number) = phase { turn.effects.append(.stopProbe(Probe.ID(task: key, kind: kind, number: number))) }
            tasks[key]?.checks?[kind]?.phase = .stopped
        }
    }

    private mutating func schedule(_ kind: CheckKind, of key: TaskKey) {
        guard case .waiting(let until) = tasks[key]?.checks?[kind]?.phase else { return }
        timers.set(.probe(key, kind), at: until)
    }

    /// The kind of a task's executor if it is one of the agent's; a framework's own looks after its tasks itself.
    private func builtInKind(_ executor: ExecutorKey?) -> ExecutorKind? {
        guard let kind = executor.flatMap({ executors[$0] })?.stored.kind else { return nil }
        return kind == .command || kind == .default ? kind : nil
    }

    // MARK: Looking

    /// The time for a probe has come, if nothing has changed since.
    mutating func passProbeTime(_ key: TaskKey, _ kind: CheckKind, _ turn: inout Turn) {
        guard let task = tasks[key], task.isChecked, stopPhase == .running, let container = task.stored.container,
            let check = task.checks?[kind], case .waiting(let until) = check.phase, until <= turn.now,
            let method = method(check.rule.method, of: task, in: container)
        else { return }
        lastProbe &+= 1
        tasks[key]?.checks?[kind]?.phase = .probing(lastProbe)
        let id = Probe.ID(task: key, kind: kind, number: lastProbe)
        turn.effects.append(.probe(Probe(id: id, container: container, method: method, timeout: check.rule.timeout)))
    }

    private mutating func method(_ method: CheckRule.Method, of task: TaskRecord, in container: ContainerID) -> Probe.Method? {
        switch method {
        case .http(let probe): return .http(probe)
        case .tcp(let port, let isIPv6): return .tcp(port: port, isIPv6: isIPv6)
        case .command(let command):
            guard let executor = task.stored.executor.flatMap({ executors[$0] })?.stored,
                let kind = builtInKind(task.stored.executor), let plan = try? TaskPlan(task.stored.info, for: kind)
            else { return nil }
            let planner = planner(for: executor)
            let launch = kind == .default ? planner.nested(plan, id: container) : planner.command(plan)
            return .command(launch.probe(command, id: Probe.container(in: container, name: generator.nextUUID().text)))
        }
    }

    // MARK: Finding

    /// A probe has a result. One that nobody waits for any more changes nothing.
    mutating func probed(_ id: Probe.ID, _ result: ProbeResult, _ turn: inout Turn) {
        guard let task = tasks[id.task], let check = task.checks?[id.kind], check.phase == .probing(id.number) else { return }
        tasks[id.task]?.checks?[id.kind]?.phase = .waiting(until: turn.now + check.rule.interval)
        schedule(id.kind, of: id.task)
        // A framework that acknowledges nothing is told what is then the case once it does.
        let isHeard = task.stored.updates.count - task.stored.acknowledged < AgentLimits.pendingCheckUpdates
        switch id.kind {
        case .status: noteStatus(of: id.task, result, isHeard: isHeard, &turn)
        case .health: noteHealth(of: id.task, result, isHeard: isHeard, &turn)
        }
    }

    private mutating func noteStatus(of key: TaskKey, _ result: ProbeResult, isHeard: Bool, _ turn: inout Turn) {
        guard isHeard, tasks[key]?.checks?.status?.take(result) == true else { return }
        report(key, StatusReport(state: .taskRunning, reason: .taskCheckStatusUpdated), &turn)
    }

    private mutating func noteHealth(of key: TaskKey, _ result: ProbeResult, isHeard: Bool, _ turn: inout Turn) {
        var report = StatusReport(state: .taskRunning, reason: .taskHealthCheckStatusUpdated)
        switch tasks[key]?.checks?.health?.take(result, at: turn.now) {
        case .silent, nil: return
        case .healthy:
            if isHeard { self.report(key, report, &turn) }
        case .unhealthy(let failures, let isFatal):
            report.message = "Health check failed, \(failures) in a row: \(result.words)"
            if isHeard || isFatal { self.report(key, report, &turn) }
            guard isFatal, let task = tasks[key] else { return }
            kill(key, .unhealthy, grace: nil, &turn)
            killGroup(of: task, &turn)
        }
    }

    // MARK: Telling

    /// Adds what is known by checks to an update: in Mesos's way, a check's status to all, health while the task runs.
    func addChecks(of task: TaskRecord, to status: inout Mesos_V1_TaskStatus) {
        let info = task.stored.info
        let isRunning = status.state == .taskRunning
        if info.hasCheck {
            status.checkStatus = (isRunning ? task.checks?.status?.told : nil) ?? .empty(info.check.type)
        }
        if isRunning, let isHealthy = task.checks?.health?.isHealthy { status.healthy = isHealthy }
    }
}

extension TaskRecord {
    /// Whether it runs and is not on its way out.
    fileprivate var isChecked: Bool {
        guard case .running = phase, stored.kill == nil else { return false }
        return state == .taskRunning
    }
}

extension Timestamp {
    /// When an update was made.
    fileprivate init(of status: Mesos_V1_TaskStatus) {
        self.init(nanoseconds: Int64(max(0, min(status.timestamp, 9e9)) * 1e9))
    }
}

extension ContainerLaunch {
    /// What runs a command in the container of this launch: as the same user, in the same place, with the same variables
    /// and those of the command.
    fileprivate func probe(_ command: Mesos_V1_CommandInfo, id: ContainerID) -> ContainerLaunch {
        var probe = self
        var command = command
        command.environment.variables = (self.command?.environment.variables ?? []) + command.environment.variables
        probe.id = id
        probe.command = command
        probe.replacesImageCommand = false
        probe.links = []
        probe.volumes = []
        probe.uris = []
        probe.networks = []
        probe.limits = ContainerLimits()
        probe.sharesCgroup = true
        probe.sharesPIDNamespace = true
        probe.hostname = nil
        return probe
    }
}
