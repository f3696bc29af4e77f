import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
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
            add(plan.executor, on: claim)
            let tasks = group.taskGroup.tasks.map { $0.withoutExecutor(allocatedTo: claim.role) }
            for (task, resources) in zip(tasks, plan.taskResources) {
                add(task, executor: plan.executor.key.executor, resources, on: claim, for: id)
            }
            let executor = plan.executor
            let event: AgentEvent =
                executor.isNew
                ? .launch(claim.framework, executor: executor.info, tasks) : .join(claim.framework, executor: executor.info, tasks)
            send(event, on: claim)
        } catch {
            refuse(group.taskGroup.tasks, of: id, .taskGroupInvalid, error)
        }
    }

    /// What a group's launch comes to, decided before anything is applied.
    private struct GroupPlan {
        let executor: ExecutorPlan
        let taskResources: [Resources]
        let remaining: Resources
    }

    private func plan(_ group: Mesos_V1_Offer.Operation.LaunchGroup, on claim: OfferClaim, for id: FrameworkID) throws(Problem) -> GroupPlan
    {
        try GroupValidation.check(group, framework: id)
        let executor = try plan(group.executor, mayBeEmpty: false, on: claim, for: id)
        if !executor.isNew { try checkSharing(of: group, with: executor.key, on: claim.agent) }
        if let lack = ExecutorValidation.lack(in: executor.resources) { throw Problem("executor.resources: \(lack)") }
        try GroupValidation.checkDisk(of: executor.resources)
        var remaining = claim.remaining
        if executor.isNew {
            guard remaining.contains(executor.resources) else { throw Self.tooMuch(executor.resources, of: remaining, for: "the executor") }
            remaining -= executor.resources
        }
        var all: [Resources] = []
        for task in group.taskGroup.tasks {
            let resources = try check(task, on: claim, for: id)
            guard remaining.contains(resources) else {
                throw Self.tooMuch(resources, of: remaining, for: "the group with task '\(task.taskID.value)'")
            }
            remaining -= resources
            all.append(resources)
        }
        try ResourceValidation.checkTogether(all + [executor.resources])
        return GroupPlan(executor: executor, taskResources: all, remaining: remaining)
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
}
