import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// The older `/state-summary`: agents and frameworks without their tasks, which are counted.
struct SummaryJSON {
    private let state: ClusterState
    private let usage: ClusterUsage
    private var byAgent: [AgentID: Count<FrameworkID>] = [:]
    private var byFramework: [FrameworkID: Count<AgentID>] = [:]

    /// Tasks by state, and where the rest of the world meets them.
    private struct Count<Other: Hashable & Comparable> {
        var states: [Mesos_V1_TaskState: Int] = [:]
        var others: Set<Other> = []
    }

    init(_ reading: StateReading) {
        state = reading.state
        usage = ClusterUsage(reading.state)
        for framework in state.frameworks.values {
            for task in framework.tasks.values { count(task, framework.id) }
            for (_, task) in framework.unreachable.all { count(task, framework.id) }
            for task in framework.completed.all { count(task, framework.id) }
        }
        for agent in state.agents.values {
            for key in agent.executors.keys { meet(key.framework, agent.id) }
        }
    }

    private mutating func count(_ task: TaskEntry, _ framework: FrameworkID) {
        byAgent[task.agent, default: Count()].states[task.state, default: 0] += 1
        byFramework[framework, default: Count()].states[task.state, default: 0] += 1
        meet(framework, task.agent)
    }

    private mutating func meet(_ framework: FrameworkID, _ agent: AgentID) {
        byAgent[agent, default: Count()].others.insert(framework)
        byFramework[framework, default: Count()].others.insert(agent)
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("hostname", state.masterInfo.hostname)
            writer.array("slaves", state.agents.values.sorted { $0.id < $1.id }) { writer, agent in
                let count = byAgent[agent.id, default: Count()]
                writer.object { writer in
                    writer.agent(agent, state, usage)
                    writer.strings("framework_ids", count.others.sorted().map(\.value))
                    writer.counts(count.states)
                }
            }
            writer.array("frameworks", state.frameworks.values.sorted { $0.id < $1.id }) { writer, framework in
                let count = byFramework[framework.id, default: Count()]
                writer.object { writer in
                    writer.summarize(framework)
                    writer.resources("used_resources", usage.allocatedByFramework[framework.id, default: .empty])
                    writer.resources("offered_resources", usage.offeredByFramework[framework.id, default: .empty])
                    writer.strings("slave_ids", count.others.sorted().map(\.value))
                    writer.counts(count.states)
                }
            }
        }
    }
}

extension JSONWriter {
    /// `"TASK_RUNNING": 2, …`: the states that Mesos counts, always all of them.
    fileprivate mutating func counts(_ counts: [Mesos_V1_TaskState: Int]) {
        for state in Self.countedStates { field(state.name, counts[state, default: 0]) }
    }

    private static let countedStates: [Mesos_V1_TaskState] = [
        .taskStaging, .taskStarting, .taskRunning, .taskKilling, .taskFinished, .taskKilled, .taskFailed, .taskLost, .taskError,
        .taskUnreachable,
    ]
}
