import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Passes a KILL to the task's agent; if that is away, it gets it when it is back. Of a task that is not known,
    /// the scheduler is told what reconciliation would tell it.
    mutating func kill(_ call: Mesos_V1_Scheduler_Call.Kill, for id: FrameworkID) {
        let key = TaskKey(framework: id, task: TaskID(call.taskID))
        let named = call.hasAgentID ? AgentID(call.agentID) : nil
        guard let task = state.frameworks[id]?.tasks[key.task] else {
            awaitKill(key, on: named, call.hasKillPolicy ? call.killPolicy : nil)
            return reconcile(key, agent: named)
        }
        guard named == nil || named == task.agent else {
            return log(.warning, "kill names another agent than the task's", ["task": key.task.value, "agent": task.agent.value])
        }
        let policy = call.hasKillPolicy ? call.killPolicy : nil
        if let stream = state.agents[task.agent]?.stream {
            emit(.sendToAgent(stream, .kill(id, key.task, policy)))
        } else {
            state.agents[task.agent]?.pendingKills[key] = .some(policy)
        }
    }

    /// Tasks that were to be killed while their agent was away, and that it never got, will not be launched, nor will
    /// the rest of their groups.
    ///
    /// - Parameters:
    ///   - former: the agent before it came back.
    ///   - reported: what it runs now.
    mutating func endKilledBeforeDelivery(_ former: AgentEntry, reported: Set<TaskKey>) {
        guard !former.pendingKills.isEmpty else { return }
        let lost = former.tasks.sorted().compactMap { key -> (key: TaskKey, task: TaskEntry)? in
            guard !reported.contains(key), let task = state.frameworks[key.framework]?.tasks[key.task] else { return nil }
            return task.agent == former.id && task.state == .taskStaging ? (key, task) : nil
        }
        let killed = Set(lost.filter { former.pendingKills[$0.key] != nil }.compactMap(\.task.launch))
        for (key, task) in lost where task.launch.map(killed.contains) ?? (former.pendingKills[key] != nil) {
            let status = status(
                of: key.task,
                agent: former.id,
                .taskKilled,
                .taskKilledDuringLaunch,
                "killed before it reached its agent",
                executor: task.executor
            )
            conclude(key, status)
            tell(key.framework, status)
            complete(key)
        }
    }
}
