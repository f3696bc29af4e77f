import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Launches one command task, or tells the scheduler by TASK_ERROR why not.
    mutating func launch(
        _ task: Mesos_V1_TaskInfo,
        of operation: Mesos_V1_Offer.Operation,
        on claim: inout OfferClaim,
        for id: FrameworkID
    ) {
        do throws(Problem) {
            try Self.checkFeedback(operation)
            let resources = try check(task, on: claim, for: id)
            try TaskValidation.checkRunner(of: task)
            guard claim.remaining.contains(resources) else { throw Self.tooMuch(resources, of: claim, for: "the task") }
            claim.remaining -= resources
            let task = task.allocated(to: claim.role)
            add(task, executor: nil, resources, on: claim, for: id)
            send([task], executor: nil, on: claim)
        } catch {
            refuse([task], of: id, .taskInvalid, error)
        }
    }

    /// Launches a task group: all of it, or nothing and TASK_ERROR for each.
    mutating func launch(
        _ group: Mesos_V1_Offer.Operation.LaunchGroup,
        of operation: Mesos_V1_Offer.Operation,
        on claim: inout OfferClaim,
        for id: FrameworkID
    ) {
        do throws(Problem) {
            try Self.checkFeedback(operation)
            let plan = try plan(group, on: claim, for: id)
            claim.remaining = plan.remaining
            if let executor = plan.newExecutor {
                state.agents[claim.agent]?.executors[plan.key] = executor
            }
            let tasks = group.taskGroup.tasks.map { $0.inGroup(allocatedTo: claim.role) }
            for (task, resources) in zip(tasks, plan.taskResources) {
                add(task, executor: plan.key.executor, resources, on: claim, for: id)
            }
            if plan.newExecutor == nil {
                if let stream = claim.stream { emit(.sendToAgent(stream, .join(claim.framework, executor: plan.executor, tasks))) }
            } else {
                send(tasks, executor: plan.executor, on: claim)
            }
        } catch {
            refuse(group.taskGroup.tasks, of: id, .taskGroupInvalid, error)
        }
    }

    /// The rules on one task that look at the cluster; returns its resources, allocated to the offers' role.
    private func check(_ task: Mesos_V1_TaskInfo, on claim: OfferClaim, for id: FrameworkID) throws(Problem) -> Resources {
        try TaskValidation.check(task)
        guard task.agentID.value == claim.agent.value else {
            throw Problem("agent_id: '\(task.agentID.value.prefix(255))' is not '\(claim.agent)', whose resources are offered")
        }
        guard let framework = state.frameworks[id] else { throw Problem("the framework is gone") }
        guard framework.tasks[TaskID(task.taskID)] == nil else {
            throw Problem("task_id: '\(task.taskID.value)' is in use by another task of this framework; give each task a new id")
        }
        guard framework.tasks.count < configuration.limits.tasksPerFramework else {
            throw Problem(
                "the framework has \(framework.tasks.count) tasks, the master's limit; acknowledge the updates of those that ended"
            )
        }
        return try ResourceValidation.resources(task.resources, for: claim.role, of: "resources")
    }

    /// What a group's launch comes to, decided before anything is applied.
    private struct GroupPlan {
        let key: ExecutorKey
        let executor: Mesos_V1_ExecutorInfo
        /// Set if the executor does not run there yet.
        let newExecutor: ExecutorEntry?
        let taskResources: [Resources]
        let remaining: Resources
    }

    private func plan(_ group: Mesos_V1_Offer.Operation.LaunchGroup, on claim: OfferClaim, for id: FrameworkID) throws(Problem) -> GroupPlan
    {
        try GroupValidation.check(group, framework: id)
        var executor = group.executor
        executor.frameworkID = id.message
        executor.allocate(to: claim.role)
        let key = ExecutorKey(framework: id, executor: ExecutorID(executor.executorID))
        let known = state.agents[claim.agent]?.executors[key]
        if let known, known.info != executor {
            throw Problem("executor: '\(key.executor)' runs on this agent with another description; use that one, or another executor_id")
        }
        if known != nil { try checkSharing(of: group, with: key, on: claim.agent) }
        let executorResources = try ResourceValidation.resources(executor.resources, for: claim.role, of: "executor.resources")
        try GroupValidation.checkMinimum(executorResources)
        var remaining = claim.remaining
        if known == nil {
            guard remaining.contains(executorResources) else { throw Self.tooMuch(executorResources, of: claim, for: "the executor") }
            remaining -= executorResources
        }
        var all: [Resources] = []
        for task in group.taskGroup.tasks {
            let resources = try check(task, on: claim, for: id)
            guard remaining.contains(resources) else {
                throw Self.tooMuch(resources, of: claim, for: "the group with task '\(task.taskID.value)'")
            }
            remaining -= resources
            all.append(resources)
        }
        try ResourceValidation.checkTogether(all + [executorResources])
        let new = known == nil ? ExecutorEntry(info: executor, resources: executorResources) : nil
        return GroupPlan(key: key, executor: executor, newExecutor: new, taskResources: all, remaining: remaining)
    }

    /// A group that joins a running executor must share cgroups as the groups before it do.
    private func checkSharing(
        of group: Mesos_V1_Offer.Operation.LaunchGroup,
        with key: ExecutorKey,
        on agent: AgentID
    ) throws(Problem) {
        let framework = state.frameworks[key.framework]
        let others = state.agents[agent]?.tasks.lazy.filter { $0.framework == key.framework }.compactMap { framework?.tasks[$0.task] }
        guard let other = others?.first(where: { $0.executor == key.executor }), let task = group.taskGroup.tasks.first else { return }
        guard task.container.linuxInfo.shareCgroups == other.description.container.linuxInfo.shareCgroups else {
            throw Problem("container.linux_info.share_cgroups: must be the same for all tasks under one executor, across groups")
        }
    }

    private mutating func add(
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
            resources: resources
        )
        state.agents[claim.agent]?.tasks.insert(key)
    }

    private mutating func send(_ tasks: [Mesos_V1_TaskInfo], executor: Mesos_V1_ExecutorInfo?, on claim: OfferClaim) {
        guard let stream = claim.stream else { return }
        emit(.sendToAgent(stream, .launch(claim.framework, executor: executor, tasks)))
    }

    private mutating func refuse(
        _ tasks: [Mesos_V1_TaskInfo],
        of id: FrameworkID,
        _ reason: Mesos_V1_TaskStatus.Reason,
        _ problem: Problem
    ) {
        for task in tasks {
            state.counters.endedTasks[.taskError, default: 0] += 1
            tell(id, status(of: TaskID(task.taskID), agent: AgentID(task.agentID), .taskError, reason, problem.description))
        }
    }

    /// Feedback on operations is not built; Mesos too refuses it for launches.
    private static func checkFeedback(_ operation: Mesos_V1_Offer.Operation) throws(Problem) {
        guard !operation.hasID else { throw Problem("operation.id: launches report by task statuses; leave the id out") }
    }

    private static func tooMuch(_ wanted: Resources, of claim: OfferClaim, for what: String) -> Problem {
        Problem("resources: \(what) needs \(wanted.unallocated()), of the offers only \(claim.remaining.unallocated()) is left")
    }
}

extension Mesos_V1_TaskInfo {
    /// The task with its resources marked as allocated to a role.
    fileprivate func allocated(to role: RoleName) -> Mesos_V1_TaskInfo {
        guard resources.contains(where: { !$0.hasAllocationInfo }) else { return self }
        var task = self
        task.resources = resources.allocated(to: role)
        return task
    }

    /// As `allocated(to:)`, without the executor, which goes to the agent once for the whole group.
    fileprivate func inGroup(allocatedTo role: RoleName) -> Mesos_V1_TaskInfo {
        var task = allocated(to: role)
        if task.hasExecutor { task.clearExecutor() }
        return task
    }
}

extension Mesos_V1_ExecutorInfo {
    fileprivate mutating func allocate(to role: RoleName) {
        guard resources.contains(where: { !$0.hasAllocationInfo }) else { return }
        resources = resources.allocated(to: role)
    }
}

extension [Mesos_V1_Resource] {
    fileprivate func allocated(to role: RoleName) -> [Mesos_V1_Resource] {
        map { resource in
            guard !resource.hasAllocationInfo else { return resource }
            var resource = resource
            resource.allocationInfo.role = role.value
            return resource
        }
    }
}
