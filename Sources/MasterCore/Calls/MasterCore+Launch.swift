import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// The executor of a launch.
struct ExecutorPlan {
    let key: ExecutorKey
    let info: Mesos_V1_ExecutorInfo
    let resources: Resources

    /// Whether it does not run there yet, so that its resources come out of the offers.
    let isNew: Bool
}

/// What launches of single tasks and of groups have in common.
extension MasterCore {
    /// The rules on one task that look at the cluster; returns its resources, allocated to the offers' role.
    func check(_ task: Mesos_V1_TaskInfo, on claim: OfferClaim, for id: FrameworkID) throws(Problem) -> Resources {
        try TaskValidation.check(task)
        guard task.agentID.value == claim.agent.value else {
            throw Problem("agent_id: '\(task.agentID.value.shortened)' is not '\(claim.agent)', whose resources are offered")
        }
        try checkID(of: task, for: id)
        if !task.limits.isEmpty { try checkLimits(on: claim.agent) }
        return try ResourceValidation.resources(task.resources, for: claim.role, of: "resources")
    }

    private func checkID(of task: Mesos_V1_TaskInfo, for id: FrameworkID) throws(Problem) {
        guard let framework = state.frameworks[id] else { throw Problem("the framework is gone") }
        guard framework.tasks[TaskID(task.taskID)] == nil else {
            throw Problem("task_id: '\(task.taskID.value)' is in use by another task of this framework; give each task a new id")
        }
        guard framework.unreachable[TaskID(task.taskID)] == nil else {
            throw Problem("task_id: '\(task.taskID.value)' is in use by a task on an unreachable agent; give each task a new id")
        }
        guard framework.tasks.count < configuration.limits.tasksPerFramework else {
            throw Problem(
                "the framework has \(framework.tasks.count) tasks, the master's limit; acknowledge the updates of those that ended"
            )
        }
    }

    private func checkLimits(on agent: AgentID) throws(Problem) {
        let capabilities = state.agents[agent]?.capabilities ?? []
        guard capabilities.contains(where: { $0.type == .taskResourceLimits }) else {
            throw Problem("limits: agent '\(agent)' cannot limit tasks beyond what they request; leave them out")
        }
    }

    /// The rules on an executor that look at the cluster.
    ///
    /// - Parameter mayBeEmpty: whether it may go without resources.
    func plan(_ given: Mesos_V1_ExecutorInfo, mayBeEmpty: Bool, on claim: OfferClaim, for id: FrameworkID) throws(Problem) -> ExecutorPlan {
        var info = given
        info.frameworkID = id.message
        info.resources = info.resources.allocated(to: claim.role)
        let key = ExecutorKey(framework: id, executor: ExecutorID(info.executorID))
        let known = state.agents[claim.agent]?.executors[key]
        if let known, known.info != info.withoutSecrets {
            throw Problem("executor: '\(key.executor)' runs on this agent with another description; use that one, or another executor_id")
        }
        guard !mayBeEmpty || !info.resources.isEmpty else {
            return ExecutorPlan(key: key, info: info, resources: .empty, isNew: known == nil)
        }
        let resources = try ResourceValidation.resources(info.resources, for: claim.role, of: "executor.resources")
        return ExecutorPlan(key: key, info: info, resources: resources, isNew: known == nil)
    }

    mutating func add(_ executor: ExecutorPlan, on claim: OfferClaim) {
        guard executor.isNew else { return }
        let entry = ExecutorEntry(info: executor.info.withoutSecrets, resources: executor.resources, launch: launches)
        state.agents[claim.agent]?.executors[executor.key] = entry
    }

    mutating func add(
        _ task: Mesos_V1_TaskInfo,
        executor: ExecutorID?,
        _ resources: Resources,
        on claim: OfferClaim,
        for id: FrameworkID
    ) {
        let key = TaskKey(framework: id, task: TaskID(task.taskID))
        state.frameworks[id]?.tasks[key.task] = TaskEntry(
            launching: task,
            framework: id,
            agent: claim.agent,
            executor: executor,
            resources: resources,
            launch: launches
        )
        state.agents[claim.agent]?.tasks.insert(key)
        if let added = state.frameworks[id]?.tasks[key.task] { tellOperators(.taskAdded(added.message)) }
        if !state.maintenance.schedule.windows.isEmpty { askToLeave(InverseOfferKey(agent: claim.agent, framework: id)) }
    }

    /// Sends the tasks that were added since the last launch to their agent.
    mutating func send(_ event: AgentEvent, on claim: OfferClaim) {
        launches += 1
        guard let stream = claim.stream else { return }
        emit(.sendToAgent(stream, event))
    }

    mutating func refuse(
        _ tasks: [Mesos_V1_TaskInfo],
        of id: FrameworkID,
        _ reason: Mesos_V1_TaskStatus.Reason,
        _ problem: Problem
    ) {
        for task in tasks {
            state.counters.endedTasks[.taskError, default: 0] += 1
            let status = status(of: TaskID(task.taskID), agent: AgentID(task.agentID), .taskError, reason, problem.description)
            state.counters.taskEnds[TaskEnd(status), default: 0] += 1
            tell(id, status)
        }
    }

    /// Launches report by task statuses; Mesos too refuses an id for feedback.
    static func checkFeedback(_ operation: Mesos_V1_Offer.Operation) throws(Problem) {
        guard !operation.hasID else { throw Problem("operation.id: launches report by task statuses; leave the id out") }
    }

    static func tooMuch(_ wanted: Resources, of remaining: Resources, for what: String) -> Problem {
        let rest = remaining.isEmpty ? "nothing" : "only \(remaining.unallocated())"
        return Problem("resources: \(what) needs \(wanted.unallocated()), of the offers \(rest) is left")
    }
}

extension Mesos_V1_TaskInfo {
    /// The task with its resources marked as allocated to a role.
    func allocated(to role: RoleName) -> Mesos_V1_TaskInfo {
        guard resources.contains(where: { !$0.hasAllocationInfo }) else { return self }
        var task = self
        task.resources = resources.allocated(to: role)
        return task
    }

    /// As `allocated(to:)`, without the executor, which goes to the agent beside the tasks.
    func withoutExecutor(allocatedTo role: RoleName) -> Mesos_V1_TaskInfo {
        var task = allocated(to: role)
        if task.hasExecutor { task.clearExecutor() }
        return task
    }
}

extension [Mesos_V1_Resource] {
    fileprivate func allocated(to role: RoleName) -> [Mesos_V1_Resource] {
        guard contains(where: { !$0.hasAllocationInfo }) else { return self }
        return map { resource in
            guard !resource.hasAllocationInfo else { return resource }
            var resource = resource
            resource.allocationInfo.role = role.value
            return resource
        }
    }
}
