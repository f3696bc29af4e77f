import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Takes what the agent reports as the truth: what it runs is known again.
    mutating func adopt(_ report: AgentReport, on id: AgentID, stream: StreamID, wasUnreachable: Bool) {
        for framework in report.frameworks where state.frameworks[framework.id] == nil && !isCompleted(framework.id) {
            recoverFramework(framework.id, framework.info)
        }
        updateFrameworks(report, on: stream)
        var orphans: Set<FrameworkID> = []
        for executor in report.executors where state.frameworks[executor.key.framework] == nil {
            state.agents[id]?.executors[executor.key] = nil
            orphans.insert(executor.key.framework)
        }
        for (key, task, resources) in report.tasks {
            guard state.frameworks[key.framework] != nil else {
                orphans.insert(key.framework)
                continue
            }
            adopt(key, TaskEntry(reported: task, agent: id, resources: resources), stream: stream, wasUnreachable: wasUnreachable)
        }
        for framework in orphans.sorted() { emit(.sendToAgent(stream, .shutdownFramework(framework))) }
    }

    private mutating func adopt(_ key: TaskKey, _ reported: TaskEntry, stream: StreamID, wasUnreachable: Bool) {
        guard let framework = state.frameworks[key.framework] else { return }
        if let known = framework.tasks[key.task], known.agent != reported.agent {
            // The scheduler used the id again while this agent was away: the newer task has it.
            log(.warning, "a task came back whose id is in use on another agent; it is killed", ["task": key.task.value])
            return emit(.sendToAgent(stream, .kill(key.framework, key.task, nil)))
        }
        let away = framework.unreachable[key.task].flatMap { $0.agent == reported.agent ? $0 : nil }
        var task = framework.tasks[key.task] ?? away ?? reported
        task.restore(reported)
        if away != nil { state.frameworks[key.framework]?.unreachable.remove(key.task) }
        state.frameworks[key.framework]?.tasks[key.task] = task
        state.agents[reported.agent]?.tasks.insert(key)
        show(task, key, instead: framework.tasks[key.task] ?? away)
        if let policy = awaitedKills.removeValue(forKey: key) ?? task.kill, task.isActive {
            emit(.sendToAgent(stream, .kill(key.framework, key.task, policy)))
        }
        guard away != nil || wasUnreachable, task.isActive else { return }
        let status = status(
            of: key.task,
            agent: task.agent,
            task.state,
            .agentReregistered,
            "the task's agent is back",
            executor: task.executor
        )
        tell(key.framework, status)
    }

    private mutating func show(_ task: TaskEntry, _ key: TaskKey, instead known: TaskEntry?) {
        guard let known else { return tellOperators(.taskAdded(task.message)) }
        guard known.state != task.state else { return }
        let status = status(
            of: key.task,
            agent: task.agent,
            task.state,
            .agentReregistered,
            "the task's agent is back",
            executor: task.executor
        )
        showStatus(status, of: key, state: task.state)
    }

    /// What frameworks changed of themselves while the agent was away.
    private mutating func updateFrameworks(_ report: AgentReport, on stream: StreamID) {
        for (id, info) in report.frameworks {
            guard let current = state.frameworks[id]?.info, current != info else { continue }
            emit(.sendToAgent(stream, .updateFramework(current)))
        }
    }

    /// A framework that this master hears of by an agent: the registry was lost, or is kept in memory only.
    private mutating func recoverFramework(_ id: FrameworkID, _ info: Mesos_V1_FrameworkInfo) {
        add(id, ValidSubscription(recovering: info), info, connection: .recovered)
        keep(id)
        awaitRecovered(id)
        log(.info, "framework recovered", ["framework": id.value, "name": info.name])
    }

    /// Tasks that the agent should run and does not report are over.
    mutating func endUnreported(_ expected: [TaskKey], _ report: AgentReport, on id: AgentID) {
        guard !expected.isEmpty else { return }
        let reported = Set(report.tasks.map(\.key))
        for key in expected where !reported.contains(key) {
            takeBack(key, of: id)
            endUnreported(key, on: id)
        }
    }

    /// A task that counted as unreachable belongs to its agent again.
    private mutating func takeBack(_ key: TaskKey, of agent: AgentID) {
        guard let task = state.frameworks[key.framework]?.unreachable[key.task], task.agent == agent else { return }
        state.frameworks[key.framework]?.unreachable.remove(key.task)
        guard state.frameworks[key.framework]?.tasks[key.task] == nil else { return }
        state.frameworks[key.framework]?.tasks[key.task] = task
    }

    private mutating func endUnreported(_ key: TaskKey, on agent: AgentID) {
        guard let framework = state.frameworks[key.framework], let task = framework.tasks[key.task], task.agent == agent else { return }
        if task.isActive {
            let end = framework.lost(as: task.state == .taskStaging ? .taskDropped : .taskGone)
            let status = status(
                of: key.task,
                agent: agent,
                end,
                .reconciliation,
                "the task is unknown to its agent",
                executor: task.executor
            )
            conclude(key, status)
            tell(key.framework, status)
        }
        complete(key)
    }

    /// A scheduler kills a task that is unknown; while agents are to come back after the master's restart, one of them
    /// may have it, and is told then.
    mutating func awaitKill(_ key: TaskKey, on agent: AgentID?, _ policy: Mesos_V1_KillPolicy?) {
        guard isRecovering, awaitedKills.count < configuration.limits.awaitedKills else { return }
        if let agent, state.recoveredAgents[agent] == nil { return }
        guard state.frameworks[key.framework]?.unreachable[key.task] == nil else { return }
        awaitedKills.updateValue(policy, forKey: key)
    }
}

extension ValidSubscription {
    /// What can be told of a framework from the description that was kept of it.
    init(recovering info: Mesos_V1_FrameworkInfo) {
        let capabilities = FrameworkCapabilities(info.capabilities)
        let names = capabilities.contains(.multiRole) ? info.roles : [info.role]
        self.init(id: FrameworkID(info.id), roles: names.map { RoleName($0) }, suppressed: [], capabilities: capabilities)
    }
}
