import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Passes a KILL to the task's agent; if that is away or unreachable, it gets it when it is back. Of a task that is
    /// not known or unreachable, the scheduler is told what reconciliation would tell it.
    mutating func kill(_ call: Mesos_V1_Scheduler_Call.Kill, for id: FrameworkID) {
        let key = TaskKey(framework: id, task: TaskID(call.taskID))
        let named = call.hasAgentID ? AgentID(call.agentID) : nil
        let policy = call.hasKillPolicy ? call.killPolicy : nil
        guard let task = state.frameworks[id]?.tasks[key.task] else {
            state.frameworks[id]?.unreachable.update(key.task) { $0.kill = .some(policy) }
            awaitKill(key, on: named, policy)
            return reconcile(key, agent: named)
        }
        guard named == nil || named == task.agent else {
            return log(.warning, "kill names another agent than the task's", ["task": key.task.value, "agent": task.agent.value])
        }
        state.frameworks[id]?.tasks[key.task]?.kill = .some(policy)
        if let stream = state.agents[task.agent]?.stream { emit(.sendToAgent(stream, .kill(id, key.task, policy))) }
    }

    /// Tasks that were to be killed and that their agent never got will not be launched, nor will the rest of their groups.
    ///
    /// - Parameters:
    ///   - former: the agent before it came back.
    ///   - reported: what it runs now.
    mutating func endKilledBeforeDelivery(_ former: AgentEntry, reported: Set<TaskKey>) {
        let lost = former.tasks.subtracting(reported).sorted().compactMap { key -> (key: TaskKey, task: TaskEntry)? in
            guard let task = state.frameworks[key.framework]?.tasks[key.task] else { return nil }
            return task.agent == former.id && task.state == .taskStaging ? (key, task) : nil
        }
        let killed = Set(lost.filter { $0.task.kill != nil }.compactMap(\.task.launch))
        for (key, task) in lost where task.launch.map(killed.contains) ?? (task.kill != nil) {
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
