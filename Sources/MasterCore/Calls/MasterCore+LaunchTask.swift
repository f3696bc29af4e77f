import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Launches one task, by the command executor or by a custom one, or tells the scheduler by TASK_ERROR why not.
    mutating func launch(
        _ given: Mesos_V1_TaskInfo,
        of operation: Mesos_V1_Offer.Operation,
        on claim: inout OfferClaim,
        for id: FrameworkID
    ) {
        let task = given.withHealthCheckType
        do throws(Problem) {
            try Self.checkFeedback(operation)
            let resources = try check(task, on: claim, for: id)
            try TaskValidation.checkRunner(of: task)
            if task.hasExecutor {
                try launch(task, resources, byExecutorOn: &claim, for: id)
            } else {
                guard claim.remaining.contains(resources) else { throw Self.tooMuch(resources, of: claim.remaining, for: "the task") }
                claim.remaining -= resources
                let task = task.allocated(to: claim.role)
                add(task, executor: nil, resources, on: claim, for: id)
                send(.launch(claim.framework, executor: nil, [task]), on: claim)
            }
        } catch {
            refuse([task], of: id, .taskInvalid, error)
        }
    }

    /// Launches a task by a custom executor, which is counted if it does not run there yet.
    private mutating func launch(
        _ task: Mesos_V1_TaskInfo,
        _ resources: Resources,
        byExecutorOn claim: inout OfferClaim,
        for id: FrameworkID
    ) throws(Problem) {
        try ExecutorValidation.checkCustom(task.executor, framework: id)
        let executor = try plan(task.executor, mayBeEmpty: true, on: claim, for: id)
        try ExecutorValidation.checkUnshared(executor.resources)
        try ResourceValidation.checkTogether([resources, executor.resources])
        var remaining = claim.remaining
        if executor.isNew {
            let wanted = executor.resources
            guard remaining.contains(wanted) else { throw Self.tooMuch(wanted, of: remaining, for: "the executor") }
            remaining -= wanted
        }
        guard remaining.contains(resources) else { throw Self.tooMuch(resources, of: remaining, for: "the task") }
        claim.remaining = remaining - resources
        warnOfLittle(executor, of: id)
        add(executor, on: claim)
        let task = task.withoutExecutor(allocatedTo: claim.role)
        add(task, executor: executor.key.executor, resources, on: claim, for: id)
        send(.launchOn(executor.info, claim.framework, task), on: claim)
    }

    /// A custom executor may have less than it needs, as in Mesos; the operator is told once for each.
    private mutating func warnOfLittle(_ executor: ExecutorPlan, of id: FrameworkID) {
        guard executor.isNew, let lack = ExecutorValidation.lack(in: executor.resources) else { return }
        log(.warning, "executor has little", ["framework": id.value, "executor": executor.key.executor.value, "reason": lack])
    }
}

extension Mesos_V1_TaskInfo {
    /// Old frameworks leave the type of a health check to be told from its fields, as Mesos does.
    fileprivate var withHealthCheckType: Mesos_V1_TaskInfo {
        guard hasHealthCheck, !healthCheck.hasType, healthCheck.hasCommand != healthCheck.hasHTTP else { return self }
        var task = self
        task.healthCheck.type = healthCheck.hasCommand ? .command : .http
        return task
    }
}
