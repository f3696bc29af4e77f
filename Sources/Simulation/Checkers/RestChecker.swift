import Allocation
import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI

/// After the faults, all come to agree: what agents run is what the master and the frameworks know, every update is
/// acknowledged, and whatever is free is offered or refused.
struct RestChecker: Sendable {
    /// What is not yet as it should be; nothing once the cluster is at rest.
    func unrest(in simulation: Simulation) -> [String] {
        let away = self.away(in: simulation)
        guard away.isEmpty else { return away }
        let frameworks = Set(simulation.frameworks.compactMap(\.script.stored.id))
        return simulation.agents.flatMap { AgentRest.unrest(of: $0) } + knowledge(in: simulation) + beliefs(in: simulation)
            + simulation.checkers.updates.unheard(of: frameworks) + overlooked(in: simulation)
    }

    /// Agents and frameworks that the master does not have.
    private func away(in simulation: Simulation) -> [String] {
        let state = simulation.master.core.state
        let agents = simulation.agents.filter { agent in
            guard agent.isSubscribed, let id = agent.id else { return true }
            return state.agents[id]?.stream?.number != agent.link.connection
        }
        let frameworks = simulation.frameworks.filter { framework in
            guard framework.script.link.isSubscribed, let id = framework.script.stored.id else { return true }
            return state.frameworks[id]?.stream?.number != framework.link.connection
        }
        return agents.map { "agent-\($0.number) is not subscribed" } + frameworks.map { "framework-\($0.number) is not subscribed" }
    }

    /// Where the master and an agent do not know of the same tasks.
    private func knowledge(in simulation: Simulation) -> [String] {
        let state = simulation.master.core.state
        return simulation.agents.flatMap { agent in
            guard let id = agent.id, let entry = state.agents[id] else { return ["the master does not know agent-\(agent.number)"] }
            let active = entry.tasks.filter { state.frameworks[$0.framework]?.tasks[$0.task]?.isActive == true }
            let known = Set(active.map { TaskName(framework: $0.framework, task: $0.task) })
            let real = Set(AgentRest.tasks(of: agent))
            let executors = Set(entry.executors.keys.map(\.executor))
            let gone = executors.subtracting(AgentRest.executors(of: agent)).sorted()
            return real.subtracting(known).sorted().map { "agent-\(agent.number) runs \($0), of which the master knows nothing" }
                + known.subtracting(real).sorted().map { "the master believes that agent-\(agent.number) runs \($0)" }
                + gone.map { "the master believes that agent-\(agent.number) has the executor \($0)" }
        }
    }

    /// Where a framework believes what is not so.
    private func beliefs(in simulation: Simulation) -> [String] {
        let real = Set(simulation.agents.flatMap { AgentRest.tasks(of: $0) })
        var believed: Set<TaskName> = []
        var problems: [String] = []
        for framework in simulation.frameworks {
            guard let id = framework.script.stored.id else { continue }
            for task in framework.script.stored.tasks.values where task.state.isBelievedAlive {
                believed.insert(TaskName(framework: id, task: task.id))
            }
        }
        for task in believed.subtracting(real).sorted() { problems.append("its framework believes that \(task) runs, and nobody runs it") }
        for task in real.subtracting(believed).sorted() { problems.append("\(task) runs, and its framework does not know") }
        return problems
    }

    private func overlooked(in simulation: Simulation) -> [String] {
        let clock = simulation.master.process.clock(at: simulation.now)
        return simulation.master.core.overlooked(at: clock).map { grant in
            "\(grant.resources) of \(grant.agent) is free, and \(grant.framework) is not offered it"
        }
    }
}

/// In the end nothing is left: no task, no executor, no container, nothing that is held.
struct EmptinessChecker: Sendable {
    /// What is left.
    func rest(in simulation: Simulation) -> [String] {
        let state = simulation.master.core.state
        let executors = state.agents.values.flatMap { agent in
            agent.executors.keys.map { "the master counts executor \($0.executor) on \(agent.id)" }
        }
        let tasks = state.frameworks.values.flatMap { framework in
            framework.tasks.keys.map { "the master counts \(TaskName(framework: framework.id, task: $0))" }
        }
        let contents = simulation.agents.flatMap { AgentRest.contents(of: $0) }
        return contents + executors.sorted() + tasks.sorted() + RestChecker().unrest(in: simulation)
    }
}
