public import Allocation
public import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// A master that goes on where a former one ended.
    ///
    /// Its agents have `agentReregisterTimeout` to come back, its frameworks as long at least. What the agents run is
    /// known when they report it.
    ///
    /// - Parameters:
    ///   - configuration: the id in `masterInfo` must be another one than those of all former masters: it begins all
    ///     names that this master gives, so they never meet older ones.
    ///   - registry: what the former masters wrote down; of all that a batch of effects says, it is in there or not
    ///     as a whole.
    public init(
        _ configuration: MasterCoreConfiguration,
        recovering registry: Registry,
        allocator: Allocator? = nil,
        at now: Timestamp
    ) {
        self.init(configuration, allocator: allocator, at: now)
        for (id, agent) in registry.agents {
            state.recoveredAgents[id] = RecoveredAgent(info: agent.info, registered: agent.registered)
        }
        rememberEnded(registry)
        for framework in registry.frameworks.values.sorted(by: { $0.id < $1.id }) { recover(framework) }
        state.maintenance = registry.maintenance
        for (id, service) in registry.services { state.services[id] = service }
        agentsToRecover = registry.agents.count
        if !registry.agents.isEmpty { deadlines.set(.recoveryOver, at: now + configuration.agentReregisterTimeout) }
        cleanUpLater()
    }

    /// What exceeds the limits that hold now is forgotten here, and in the registry at the next occasion.
    private mutating func rememberEnded(_ registry: Registry) {
        for (id, since) in Self.byAge(registry.unreachable) {
            if let old = state.unreachableAgents.set(id, to: UnreachableAgent(since: since)) { overdue.append(.forgetAgent(old)) }
        }
        for (id, since) in Self.byAge(registry.gone) {
            if let old = state.goneAgents.set(id, to: GoneAgent(since: since)) { overdue.append(.forgetAgent(old)) }
        }
        for (id, moment) in Self.byAge(registry.removedFrameworks) {
            if let old = removedFrameworks.set(id, to: moment) { overdue.append(.forgetFramework(old)) }
        }
    }

    private static func byAge<Name: Identifier>(_ moments: [Name: Timestamp]) -> [(key: Name, value: Timestamp)] {
        moments.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    }

    private mutating func recover(_ framework: RegisteredFramework) {
        let subscription = ValidSubscription(recovering: framework.info)
        add(framework.id, subscription, framework.info, connection: .recovered, registered: framework.registered)
        awaitRecovered(framework.id)
    }

    /// Gives a framework that has not subscribed to this master its time to do so. Agents may report first.
    mutating func awaitRecovered(_ id: FrameworkID) {
        guard let timeout = state.frameworks[id]?.failoverTimeout else { return }
        deadlines.set(.frameworkLost(id), at: now + max(timeout, configuration.agentReregisterTimeout))
    }

    /// True while agents that the registry knows have time to come back: of tasks that may run there nothing is said.
    var isRecovering: Bool { !state.recoveredAgents.isEmpty }

    /// An agent that the registry knew is back, or given up. Returns what the registry knew of it.
    mutating func endRecovery(of id: AgentID) -> RecoveredAgent? {
        guard let agent = state.recoveredAgents.removeValue(forKey: id) else { return nil }
        if state.recoveredAgents.isEmpty {
            deadlines.remove(.recoveryOver)
            log(.info, "all agents are accounted for", ["agents": "\(agentsToRecover)"])
        }
        return agent
    }

    /// The agents that are not back by now are unreachable; too many of them mean that this master is cut off.
    mutating func recoveryTimedOut() {
        let missing = state.recoveredAgents.keys.sorted()
        let percent = Double(missing.count) / Double(max(agentsToRecover, 1)) * 100
        guard percent <= configuration.recoveryRemovalLimit else {
            return emit(
                .abort(
                    """
                    \(missing.count) of \(agentsToRecover) agents did not come back within \(configuration.agentReregisterTimeout) of the start, \
                    which is more than --recovery-agent-removal-limit allows; see why they do not reach this master, then start it again
                    """
                )
            )
        }
        for id in missing { loseRecovered(id) }
        awaitedKills = [:]
    }

    private mutating func loseRecovered(_ id: AgentID) {
        guard endRecovery(of: id) != nil else { return }
        log(.warning, "agent did not come back after the master's restart; it is unreachable", ["agent": id.value])
        state.counters.recoveryRemovals += 1
        keepUnreachable(id, tasks: [])
        tellOperators(.agentRemoved(id))
        tellAgentLost(id)
        if state.runningDrain(of: id) != nil { drainChecks.insert(id) }
    }
}
