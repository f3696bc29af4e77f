import Cluster
import HashTreeCollections
import MasterCore

/// Resources are conserved: on every agent, what tasks and executors hold, what is offered, and what is free, is all that
/// the agent has; and the allocator knows the same of every framework as the state does.
struct ResourceChecker: Sendable {
    /// How many agents are looked at after a step; the next step goes on with the next ones.
    static let agentsPerStep = 4
    private var next = 0

    mutating func check(_ core: MasterCore) -> [String] {
        let count = core.state.agents.count
        guard count > Self.agentsPerStep else { return core.state.agents.values.flatMap { Self.check($0, core) } }
        let ids = core.state.agents.keys.sorted()
        next += Self.agentsPerStep
        return (next..<next + Self.agentsPerStep).flatMap { place in
            core.state.agents[ids[place % count]].map { Self.check($0, core) } ?? []
        }
    }

    private static func check(_ agent: AgentEntry, _ core: MasterCore) -> [String] {
        var problems: [String] = []
        var sum = Resources.empty
        let used = uses(of: agent, core.state)
        let frameworks = Set(used.keys).union(core.state.frameworks.keys)
        for framework in frameworks.sorted() {
            let counted = used[framework] ?? .empty
            let claimed = core.claims(of: framework, on: agent.id)
            sum += counted
            if counted != claimed {
                problems.append("on \(agent.id), \(framework) holds and is offered \(counted), the allocator counts \(claimed)")
            }
        }
        let all = sum.unallocated() + core.free(on: agent.id)
        if all != agent.total {
            problems.append("on \(agent.id), used, offered and free are \(all), there is \(agent.total)")
        }
        return problems
    }

    /// What tasks and executors hold, and what is offered, by framework.
    private static func uses(of agent: AgentEntry, _ state: ClusterState) -> [FrameworkID: Resources] {
        var uses: [FrameworkID: Resources] = [:]
        for key in agent.tasks {
            guard let task = state.frameworks[key.framework]?.tasks[key.task], task.isActive else { continue }
            uses[key.framework, default: .empty] += task.resources
        }
        for (key, executor) in agent.executors { uses[key.framework, default: .empty] += executor.resources }
        for offer in agent.offers.compactMap({ state.offers[$0] }) { uses[offer.framework, default: .empty] += offer.resources }
        return uses
    }
}
