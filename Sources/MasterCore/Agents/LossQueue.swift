import Cluster
import DequeModule

/// The unreachable agents whose tasks' frameworks wait to be told that these are lost, first come, first served.
struct LossQueue: Sendable {
    private var order: Deque<AgentID> = []
    private var tasks: [AgentID: [TaskKey]] = [:]

    /// When the next agent's losses may be told.
    var nextPermit = Timestamp(nanoseconds: .min)

    var isEmpty: Bool { tasks.isEmpty }

    /// Whether losses of that agent wait to be told.
    func contains(_ agent: AgentID) -> Bool { tasks[agent] != nil }

    mutating func add(_ agent: AgentID, _ keys: [TaskKey]) {
        if tasks.updateValue(keys, forKey: agent) == nil { order.append(agent) }
    }

    /// Takes out an agent that is not lost any more. False: it does not wait here.
    mutating func remove(_ agent: AgentID) -> Bool {
        guard tasks.removeValue(forKey: agent) != nil else { return false }
        order.removeAll { $0 == agent }
        return true
    }

    /// Takes out the agent that waits longest.
    mutating func popFirst() -> (agent: AgentID, tasks: [TaskKey])? {
        guard let agent = order.popFirst(), let keys = tasks.removeValue(forKey: agent) else { return nil }
        return (agent, keys)
    }
}
