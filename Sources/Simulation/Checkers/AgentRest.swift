import AgentCore
import Cluster
import HashTreeCollections

/// What an agent's machine has, seen from outside.
enum AgentRest {
    /// What has not ended.
    static func tasks(of agent: AgentNode) -> [TaskName] {
        agent.core.tasks.values.filter { $0.phase != .ended }.map { TaskName(framework: $0.key.framework, task: $0.key.task) }
    }

    static func executors(of agent: AgentNode) -> Set<ExecutorID> {
        Set(agent.core.executors.values.filter { $0.stored.kind == .default }.map(\.key.executor))
    }

    /// Updates that nobody acknowledged, containers that belong to nothing, tasks without container, a disk that differs.
    static func unrest(of agent: AgentNode) -> [String] {
        let problems = unacknowledged(agent) + ownerless(agent) + containerless(agent) + differences(agent)
        return problems.map { "agent-\(agent.number): \($0)" }
    }

    private static func unacknowledged(_ agent: AgentNode) -> [String] {
        agent.core.tasks.values.filter { $0.stored.acknowledged < $0.stored.updates.count }.map {
            "of \($0.key), \($0.stored.updates.count - $0.stored.acknowledged) updates are not acknowledged"
        }
    }

    private static func ownerless(_ agent: AgentNode) -> [String] {
        let owned = Set(agent.core.executors.values.map(\.stored.container) + agent.core.tasks.values.compactMap(\.stored.container))
        return agent.containers.all.keys.filter { !owned.contains($0) && !isKept($0, agent) }.sorted().map { "nobody owns container \($0)" }
    }

    /// The results of ended containers within a living one stay with it, for those who ask.
    private static func isKept(_ id: ContainerID, _ agent: AgentNode) -> Bool {
        guard case .ended = agent.containers.all[id]?.state, let parent = id.parent else { return false }
        return agent.containers.all[parent]?.isRunning == true
    }

    private static func containerless(_ agent: AgentNode) -> [String] {
        agent.core.tasks.values.compactMap { task in
            guard case .running = task.phase, let container = task.stored.container else { return nil }
            return agent.containers.all[container]?.isRunning == true ? nil : "\(task.key) runs and has no running container"
        }
    }

    private static func differences(_ agent: AgentNode) -> [String] {
        let stored = Set(agent.disk.tasks.map(\.key)), known = Set(agent.core.tasks.keys)
        let executors = Set(agent.disk.executors.map(\.key)), running = Set(agent.core.executors.keys)
        return stored.symmetricDifference(known).sorted().map { "\($0) is either on disk or in memory" }
            + executors.symmetricDifference(running).sorted().map { "\($0) is either on disk or in memory" }
    }

    /// All that is still there.
    static func contents(of agent: AgentNode) -> [String] {
        let words =
            agent.core.tasks.keys.map { "has \($0)" } + agent.core.executors.keys.map { "has \($0)" }
            + agent.core.frameworks.keys.map { "has framework \($0)" } + agent.containers.all.keys.map { "has container \($0)" }
        return words.sorted().map { "agent-\(agent.number) \($0)" }
    }
}
