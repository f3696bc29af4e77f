import Cluster
public import MesosMessages

/// The lists of the operator API, and all of them together.
extension ClusterState {
    /// For GET_STATE, and for SUBSCRIBED.
    public var stateMessage: Mesos_V1_Master_Response.GetState {
        let usage = ClusterUsage(self)
        var answer = Mesos_V1_Master_Response.GetState()
        answer.getAgents = agentLists(usage)
        answer.getFrameworks = frameworkLists(usage)
        answer.getExecutors = executorLists
        answer.getTasks = taskLists
        return answer
    }

    /// For GET_AGENTS.
    public func agentLists(_ usage: ClusterUsage) -> Mesos_V1_Master_Response.GetAgents {
        var answer = Mesos_V1_Master_Response.GetAgents()
        answer.agents = agentMessages(usage)
        answer.recoveredAgents = recoveredAgentMessages
        return answer
    }

    /// For GET_FRAMEWORKS.
    public func frameworkLists(_ usage: ClusterUsage) -> Mesos_V1_Master_Response.GetFrameworks {
        var answer = Mesos_V1_Master_Response.GetFrameworks()
        answer.frameworks = frameworkMessages(usage)
        answer.completedFrameworks = completedFrameworkMessages
        return answer
    }

    /// For GET_EXECUTORS.
    public var executorLists: Mesos_V1_Master_Response.GetExecutors {
        var answer = Mesos_V1_Master_Response.GetExecutors()
        answer.executors = executorMessages
        return answer
    }

    /// For GET_TASKS.
    public var taskLists: Mesos_V1_Master_Response.GetTasks {
        var answer = Mesos_V1_Master_Response.GetTasks()
        answer.tasks = taskMessages
        answer.unreachableTasks = unreachableTaskMessages
        answer.completedTasks = completedTaskMessages
        return answer
    }
}
