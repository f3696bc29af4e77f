import Cluster
public import MesosAPI
import MesosMessages

/// The lists of the operator API, and all of them together. Each message is made when its turn comes.
extension ClusterState {
    /// Writes what GET_STATE and SUBSCRIBED say: all lists.
    public func writeLists(to writer: inout some MessageWriter) {
        writer.field("get_tasks") { writeTasks(to: &$0) }
        writer.field("get_executors") { writeExecutors(to: &$0) }
        let usage = ClusterUsage(self)
        writer.field("get_frameworks") { writeFrameworks(to: &$0, usage) }
        writer.field("get_agents") { writeAgents(to: &$0, usage) }
    }

    /// Writes what GET_AGENTS says.
    public func writeAgents(to writer: inout some MessageWriter, _ usage: ClusterUsage) {
        writer.list("agents", eachAgent(usage))
        writer.list("recovered_agents", recoveredAgentMessages)
    }

    /// Writes what GET_FRAMEWORKS says.
    public func writeFrameworks(to writer: inout some MessageWriter, _ usage: ClusterUsage) {
        writer.list("frameworks", frameworkMessages(usage))
        writer.list("completed_frameworks", completedFrameworkMessages)
    }

    /// Writes what GET_EXECUTORS says.
    public func writeExecutors(to writer: inout some MessageWriter) {
        writer.list("executors", eachExecutor)
    }

    /// Writes what GET_TASKS says.
    public func writeTasks(to writer: inout some MessageWriter) {
        writer.list("tasks", eachTask)
        writer.list("completed_tasks", eachCompletedTask)
        writer.list("unreachable_tasks", eachUnreachableTask)
    }
}
