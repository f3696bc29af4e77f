public import Cluster
import HashTreeCollections

/// Who holds and who is offered what: sums that a read needs, counted on the reader's thread.
public struct ClusterUsage: Sendable {
    /// What tasks and executors hold, by agent.
    public private(set) var allocatedByAgent: [AgentID: Resources] = [:]

    /// What tasks and executors hold, by framework.
    public private(set) var allocatedByFramework: [FrameworkID: Resources] = [:]

    /// What is offered, by agent.
    public private(set) var offeredByAgent: [AgentID: Resources] = [:]

    /// What is offered, by framework.
    public private(set) var offeredByFramework: [FrameworkID: Resources] = [:]

    /// Counts what a state says.
    public init(_ state: ClusterState) {
        for (id, framework) in state.frameworks {
            var held = Resources.empty
            for task in framework.tasks.values where task.isActive {
                held += task.resources
                allocatedByAgent[task.agent, default: .empty] += task.resources
            }
            if !held.isEmpty { allocatedByFramework[id] = held }
        }
        for (id, agent) in state.agents {
            for (key, executor) in agent.executors {
                allocatedByAgent[id, default: .empty] += executor.resources
                allocatedByFramework[key.framework, default: .empty] += executor.resources
            }
        }
        for offer in state.offers.values {
            offeredByAgent[offer.agent, default: .empty] += offer.resources
            offeredByFramework[offer.framework, default: .empty] += offer.resources
        }
    }

    /// What one agent's tasks and executors hold, by framework.
    static func held(on agent: AgentEntry, in state: ClusterState) -> [FrameworkID: Resources] {
        var held: [FrameworkID: Resources] = [:]
        for key in agent.tasks {
            guard let task = state.frameworks[key.framework]?.tasks[key.task], task.isActive else { continue }
            held[key.framework, default: .empty] += task.resources
        }
        for (key, executor) in agent.executors { held[key.framework, default: .empty] += executor.resources }
        return held
    }
}
