import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// A status that the master itself makes; it carries no uuid, so nobody acknowledges it.
    func status(
        of task: TaskID,
        agent: AgentID?,
        _ state: Mesos_V1_TaskState,
        _ reason: Mesos_V1_TaskStatus.Reason,
        _ message: String,
        executor: ExecutorID? = nil
    ) -> Mesos_V1_TaskStatus {
        var status = Mesos_V1_TaskStatus()
        status.taskID = task.message
        status.state = state
        status.source = .master
        status.reason = reason
        status.message = message
        status.timestamp = now.seconds
        if let agent { status.agentID = agent.message }
        if let executor { status.executorID = executor.message }
        return status
    }

    /// Sends a status to the framework if it is connected; one that is not learns of it by reconciling.
    mutating func tell(_ id: FrameworkID, _ status: Mesos_V1_TaskStatus) {
        guard let stream = state.frameworks[id]?.stream else { return }
        emit(.sendToScheduler(stream, .update(status)))
    }

    /// Gives a task the state that the master concluded, and frees its resources if that ends it.
    mutating func conclude(_ key: TaskKey, _ status: Mesos_V1_TaskStatus) {
        guard let task = state.frameworks[key.framework]?.tasks[key.task] else { return }
        state.frameworks[key.framework]?.tasks[key.task]?.conclude(status, limit: configuration.limits.statusesPerTask)
        if task.isActive, status.state.isOver { state.counters.taskEnds[TaskEnd(status), default: 0] += 1 }
        showStatus(status, of: key, state: status.state)
        if task.isActive, status.state.isTerminal { ended(key, task, as: status.state) }
    }

    /// Accounts for a task that just ended.
    mutating func ended(_ key: TaskKey, _ task: TaskEntry, as end: Mesos_V1_TaskState) {
        state.counters.endedTasks[end, default: 0] += 1
        release(task.resources, of: key.framework, on: task.agent)
        if end == .taskError { forgetExecutorThatNeverRan(key, task) }
    }

    /// An agent that refuses all of a launch does not start the executor either that the launch was to bring; nobody will
    /// tell of its end.
    private mutating func forgetExecutorThatNeverRan(_ key: TaskKey, _ task: TaskEntry) {
        guard let id = task.executor, let framework = state.frameworks[key.framework], let agent = state.agents[task.agent] else { return }
        let executor = ExecutorKey(framework: key.framework, executor: id)
        guard let entry = agent.executors[executor], entry.launch != nil, entry.launch == task.launch else { return }
        guard framework.tasks[key.task]?.statuses.last?.source == .agent else { return }
        let isUsed = agent.tasks.contains { other in
            guard other.framework == key.framework, let task = framework.tasks[other.task] else { return false }
            return task.executor == id && task.isActive
        }
        guard !isUsed else { return }
        state.agents[task.agent]?.executors[executor] = nil
        release(entry.resources, of: key.framework, on: task.agent)
    }

    /// Moves a task that is over to the history.
    mutating func complete(_ key: TaskKey) {
        guard let task = state.frameworks[key.framework]?.tasks.removeValue(forKey: key.task) else { return }
        state.frameworks[key.framework]?.completed.append(task)
        state.agents[task.agent]?.tasks.remove(key)
        if state.runningDrain(of: task.agent) != nil { drainChecks.insert(task.agent) }
    }
}
