import MesosMessages

/// Which tasks of a cluster somebody wants to see.
struct WantedTasks: Sendable {
    /// By their ids or names; empty: of all.
    let frameworks: [String]
    /// By name, address or agent's id; empty: of all.
    let nodes: [String]
    /// Empty: those that have not ended.
    let states: Set<Mesos_V1_TaskState>
    /// Whether without states those count, too, that have ended.
    let all: Bool

    /// The tasks that are wanted, in their order.
    ///
    /// - Throws: an error for a framework or a machine that the master does not know.
    func choose(from cluster: Mesos_V1_Master_Response.GetState) throws -> [TaskCatalogue.Entry] {
        let meantFrameworks = try frameworkIDs(in: cluster.getFrameworks)
        let meantAgents = try agentIDs(in: cluster.getAgents)
        return TaskCatalogue(cluster).entries.filter { entry in
            guard states.isEmpty ? all || entry.isActive : states.contains(entry.task.state) else { return false }
            guard meantFrameworks?.contains(entry.task.frameworkID.value) ?? true else { return false }
            return meantAgents?.contains(entry.task.agentID.value) ?? true
        }
    }

    private func frameworkIDs(in known: Mesos_V1_Master_Response.GetFrameworks) throws -> Set<String>? {
        guard !frameworks.isEmpty else { return nil }
        let infos = (known.frameworks + known.completedFrameworks).map(\.frameworkInfo)
        return try frameworks.reduce(into: Set<String>()) { found, name in
            let meant = infos.filter { $0.isMeant(by: name) }
            guard !meant.isEmpty else {
                throw TeardownCommand.NoFramework(name: name, meant: [], nearest: Nearest.names(to: name, among: infos.map(\.name)))
            }
            found.formUnion(meant.map(\.id.value))
        }
    }

    private func agentIDs(in known: Mesos_V1_Master_Response.GetAgents) throws -> Set<String>? {
        guard !nodes.isEmpty else { return nil }
        let infos = known.agents.map(\.agentInfo) + known.recoveredAgents
        return try nodes.reduce(into: Set<String>()) { found, name in
            let meant = infos.filter { AgentLookup.isMeant($0, by: name) }
            guard !meant.isEmpty else { throw NodeLookupError(name: name, nearest: Nearest.names(to: name, among: infos.map(\.hostname))) }
            found.formUnion(meant.map(\.id.value))
        }
    }
}
