import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// An agent's SUBSCRIBE: a new one gets an id, one that returns takes the place of what was known of it.
    mutating func subscribeAgent(_ stream: NewStream, _ call: Agora_V1_AgentCall) {
        do throws(Problem) {
            let report = try AgentReport(call.subscribe)
            let id = report.id ?? newAgentID()
            guard state.agents[id] != nil || state.agents.count < configuration.limits.agents else {
                throw Problem("this master has \(state.agents.count) agents, its limit; raise it or remove agents")
            }
            register(id, report, stream)
        } catch {
            log(.warning, "agent refused", ["agent": call.subscribe.agent.hostname, "reason": error.description])
            emit(.sendToAgent(stream.id, .error(error.description)))
            emit(.closeStream(stream.id))
        }
    }

    /// A name that no agent has, not even one that made its own up.
    private mutating func newAgentID() -> AgentID {
        var id = names.agent()
        while state.agents[id] != nil || state.unreachableAgents[id] != nil { id = names.agent() }
        return id
    }

    private mutating func register(_ id: AgentID, _ report: AgentReport, _ stream: NewStream) {
        let former = replace(id)
        let isNew = report.id == nil
        state.counters.agentRegistrations += isNew ? 1 : 0
        state.counters.agentReregistrations += isNew ? 0 : 1
        let wasUnreachable = state.unreachableAgents.remove(id) != nil
        state.agents[id] = entry(id, report, stream, former: former, isNew: isNew)
        agentStreams[stream.id] = id
        startHeartbeats(agent: stream.id)
        log(.info, isNew ? "agent registered" : "agent registered again", ["agent": id.value, "hostname": report.info.hostname])
        let greeting = AgentEvent.subscribed(id, heartbeatInterval: configuration.agentHeartbeatInterval, configuration.masterInfo)
        emit(.sendToAgent(stream.id, greeting))
        adopt(report, on: id, stream: stream.id, former: former, wasUnreachable: wasUnreachable)
        addToAllocator(agent: id)
    }

    /// Ends the former stream and offers of an agent that subscribes again; returns what was known of it.
    private mutating func replace(_ id: AgentID) -> AgentEntry? {
        guard let former = state.agents[id] else { return nil }
        if let stream = former.stream {
            agentStreams[stream] = nil
            deadlines.remove(.agentHeartbeat(stream))
            emit(.closeStream(stream))
        }
        deadlines.remove(.agentLost(id))
        rescindOffers(of: id)
        removeFromAllocator(agent: id)
        return former
    }

    private func entry(_ id: AgentID, _ report: AgentReport, _ stream: NewStream, former: AgentEntry?, isNew: Bool) -> AgentEntry {
        var info = report.info
        info.id = id.message
        return AgentEntry(
            id: id,
            info: info,
            version: report.version,
            capabilities: report.capabilities,
            total: report.total,
            connection: .connected(stream),
            lastHeard: now,
            registered: former?.registered ?? now,
            reregistered: isNew ? nil : now,
            executors: TreeDictionary(report.executors.map { ($0.key, $0.entry) }, uniquingKeysWith: { $1 }),
            offerTemplate: Mesos_V1_Offer(template: info, agent: id)
        )
    }

    /// Takes what the agent reports as the truth: what it runs is known again, what it does not run any more is over.
    private mutating func adopt(_ report: AgentReport, on id: AgentID, stream: StreamID, former: AgentEntry?, wasUnreachable: Bool) {
        for framework in report.frameworks where state.frameworks[framework.id] == nil && !isCompleted(framework.id) {
            recoverFramework(framework.id, framework.info)
        }
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
        guard let former else { return }
        let reported = Set(report.tasks.map(\.key))
        for key in former.tasks.sorted() where !reported.contains(key) { endUnreported(key, on: id) }
        resendKills(former.pendingKills, to: stream, on: id)
    }

    private mutating func adopt(_ key: TaskKey, _ reported: TaskEntry, stream: StreamID, wasUnreachable: Bool) {
        guard let framework = state.frameworks[key.framework] else { return }
        if let known = framework.tasks[key.task], known.agent != reported.agent {
            // The scheduler used the id again while this agent was away: the newer task has it.
            log(.warning, "a task came back whose id is in use on another agent; it is killed", ["task": key.task.value])
            return emit(.sendToAgent(stream, .kill(key.framework, key.task, nil)))
        }
        let away = framework.unreachable[key.task]
        var task = framework.tasks[key.task] ?? away ?? reported
        task.restore(reported)
        state.frameworks[key.framework]?.unreachable.remove(key.task)
        state.frameworks[key.framework]?.tasks[key.task] = task
        state.agents[reported.agent]?.tasks.insert(key)
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

    /// A framework that this master hears of by an agent; it has its failover timeout to subscribe.
    private mutating func recoverFramework(_ id: FrameworkID, _ info: Mesos_V1_FrameworkInfo) {
        let subscription = ValidSubscription(recovering: info)
        add(id, subscription, info, connection: .recovered)
        guard let timeout = state.frameworks[id]?.failoverTimeout else { return }
        deadlines.set(.frameworkLost(id), at: now + max(timeout, configuration.agentTimeout))
        log(.info, "framework recovered", ["framework": id.value, "name": info.name])
    }

    /// A task that the agent should run and does not report.
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

    private mutating func resendKills(_ kills: TreeDictionary<TaskKey, Mesos_V1_KillPolicy?>, to stream: StreamID, on agent: AgentID) {
        for (key, policy) in kills.sorted(by: { $0.key < $1.key }) {
            guard state.frameworks[key.framework]?.tasks[key.task]?.agent == agent else { continue }
            emit(.sendToAgent(stream, .kill(key.framework, key.task, policy)))
        }
    }
}

extension ValidSubscription {
    /// What can be told of a framework from the description an agent kept.
    fileprivate init(recovering info: Mesos_V1_FrameworkInfo) {
        let capabilities = FrameworkCapabilities(info.capabilities)
        let names = capabilities.contains(.multiRole) ? info.roles : [info.role]
        self.init(id: FrameworkID(info.id), roles: names.map { RoleName($0) }, suppressed: [], capabilities: capabilities)
    }
}
