import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Tells the scheduler the state of the tasks it names, or of all it has (Mesos: reconciliation.md).
    mutating func reconcile(_ call: Mesos_V1_Scheduler_Call.Reconcile, for id: FrameworkID) {
        guard call.tasks.isEmpty else {
            for task in call.tasks {
                reconcile(TaskKey(framework: id, task: TaskID(task.taskID)), agent: task.hasAgentID ? AgentID(task.agentID) : nil)
            }
            return
        }
        guard let framework = state.frameworks[id] else { return }
        let unreachable = framework.capabilities.contains(.partitionAware) ? framework.unreachable.all.map(\.key) : []
        for task in (Array(framework.tasks.keys) + unreachable).sorted() {
            reconcile(TaskKey(framework: id, task: task), agent: nil)
        }
    }

    /// Tells the scheduler what is known of one task.
    mutating func reconcile(_ key: TaskKey, agent: AgentID?) {
        guard let framework = state.frameworks[key.framework] else { return }
        if let task = framework.tasks[key.task] {
            tell(key.framework, latest(of: key.task, task))
        } else if let task = framework.unreachable[key.task] {
            guard framework.capabilities.contains(.partitionAware) || !losses.contains(task.agent) else { return }
            tell(key.framework, unreachable(key.task, on: task.agent, executor: task.executor, for: framework))
        } else if !isRecovering {
            // While agents are to come back, they may report the task: the scheduler asks again, as always.
            tell(key.framework, absent(key.task, agent: agent, for: framework))
        }
    }

    private func latest(of id: TaskID, _ task: TaskEntry) -> Mesos_V1_TaskStatus {
        var status = status(
            of: id,
            agent: task.agent,
            task.reported?.state ?? task.state,
            .reconciliation,
            "the latest state of the task",
            executor: task.executor
        )
        guard let last = task.statuses.last else { return status }
        if last.hasHealthy { status.healthy = last.healthy }
        if last.hasCheckStatus { status.checkStatus = last.checkStatus }
        if last.hasContainerStatus { status.containerStatus = last.containerStatus }
        return status
    }

    /// Of a task that is nowhere: what can be said depends on its agent, if that is named.
    private func absent(_ id: TaskID, agent: AgentID?, for framework: FrameworkEntry) -> Mesos_V1_TaskStatus {
        guard let agent else {
            return status(of: id, agent: nil, framework.lost(as: .taskUnknown), .reconciliation, "the task is unknown")
        }
        if state.agents[agent] != nil {
            return status(of: id, agent: agent, framework.lost(as: .taskGone), .reconciliation, "the task is unknown to its agent")
        }
        if state.unreachableAgents[agent] != nil { return unreachable(id, on: agent, executor: nil, for: framework) }
        if state.goneAgents[agent] != nil {
            return status(
                of: id,
                agent: agent,
                framework.lost(as: .taskGoneByOperator),
                .reconciliation,
                "an operator said that the task's agent is gone"
            )
        }
        return status(of: id, agent: agent, framework.lost(as: .taskUnknown), .reconciliation, "the task and its agent are unknown")
    }

    private func unreachable(
        _ id: TaskID,
        on agent: AgentID,
        executor: ExecutorID?,
        for framework: FrameworkEntry
    ) -> Mesos_V1_TaskStatus {
        var status = status(
            of: id,
            agent: agent,
            framework.lost(as: .taskUnreachable),
            .reconciliation,
            "the task's agent is unreachable",
            executor: executor
        )
        if let gone = state.unreachableAgents[agent] { status.unreachableTime.nanoseconds = gone.since.nanoseconds }
        return status
    }
}
