import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// A scheduler's stream broke: the framework gets no offers and has its failover timeout to come back.
    mutating func schedulerStreamClosed(_ stream: StreamID) {
        guard let id = schedulerStreams.removeValue(forKey: stream) else { return }
        deadlines.remove(.schedulerHeartbeat(stream))
        guard let framework = state.frameworks[id] else { return }
        state.frameworks[id]?.connection = .disconnected
        withdrawOffers(of: id)
        withdrawInverseOffers(to: id)
        deactivateInAllocator(id)
        deadlines.set(.frameworkLost(id), at: now + framework.failoverTimeout)
        showFramework(id)
        log(.info, "framework disconnected", ["framework": id.value, "failover_timeout": "\(framework.failoverTimeout)"])
    }

    mutating func failoverTimedOut(_ id: FrameworkID) {
        tearDown(id, because: "its failover timeout is over")
    }

    /// Ends a framework: its tasks and executors, its offers, its stream.
    mutating func tearDown(_ id: FrameworkID, because reason: String) {
        guard let framework = state.frameworks[id] else { return }
        log(.info, "framework removed", ["framework": id.value, "reason": reason])
        withdrawOffers(of: id)
        withdrawInverseOffers(to: id)
        for agent in agents(running: framework) { shutDown(id, on: agent) }
        for (task, entry) in framework.tasks.sorted(by: { $0.key < $1.key }) { endByTeardown(task, entry, of: id) }
        if let stream = framework.stream {
            schedulerStreams[stream] = nil
            deadlines.remove(.schedulerHeartbeat(stream))
            emit(.closeStream(stream))
        }
        deadlines.remove(.frameworkLost(id))
        guard var ended = state.frameworks.removeValue(forKey: id) else { return }
        ended.connection = .disconnected
        ended.unregistered = now
        state.completedFrameworks.append(ended)
        bury(id)
        removeFromAllocator(id)
        tellOperators(.frameworkRemoved(ended.info))
    }

    /// The agents on which something of the framework may run, in order.
    func agents(running framework: FrameworkEntry) -> [AgentID] {
        var agents = Set(framework.tasks.values.map(\.agent))
        for (id, agent) in state.agents where agent.executors.keys.contains(where: { $0.framework == framework.id }) {
            agents.insert(id)
        }
        return agents.sorted()
    }

    /// Tells an agent to end all of a framework and frees what its executors there hold.
    private mutating func shutDown(_ id: FrameworkID, on agent: AgentID) {
        guard let entry = state.agents[agent] else { return }
        if let stream = entry.stream { emit(.sendToAgent(stream, .shutdownFramework(id))) }
        for (key, executor) in entry.executors where key.framework == id {
            state.agents[agent]?.executors[key] = nil
            release(executor.resources, of: id, on: agent)
        }
    }

    private mutating func endByTeardown(_ task: TaskID, _ entry: TaskEntry, of id: FrameworkID) {
        if entry.isActive {
            let status = status(
                of: task,
                agent: entry.agent,
                .taskKilled,
                .frameworkRemoved,
                "the framework was removed",
                executor: entry.executor
            )
            conclude(TaskKey(framework: id, task: task), status)
        }
        complete(TaskKey(framework: id, task: task))
    }
}
