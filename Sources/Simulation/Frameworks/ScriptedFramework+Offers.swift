import Cluster
import MesosAPI
import MesosMessages

/// Offers: taken, kept for a while, or declined, as the character has it.
extension ScriptedFramework {
    var aliveCount: Int { stored.tasks.values.count { $0.state.isBelievedAlive } }

    mutating func consider(_ offer: Mesos_V1_Offer, at now: Timestamp) {
        if !isResting, chance.happens(0.1) {
            heldOffers.append((now + chance.time(mean: .seconds(10)), offer))
        } else {
            decide(offer)
        }
    }

    mutating func decideHeldOffers(at now: Timestamp) {
        let due = heldOffers.filter { $0.until <= now }
        heldOffers.removeAll { $0.until <= now }
        for held in due { decide(held.offer) }
    }

    private mutating func decide(_ offer: Mesos_V1_Offer) {
        let isWanted = !isResting && aliveCount < traits.work.tasksPerFramework
        guard isWanted, traits.character != .choosy || chance.happens(0.2) else { return decline(offer) }
        let free = (try? Resources(offer.resources).unallocated()) ?? .empty
        let operations = operations(on: AgentID(offer.agentID.value), free)
        guard !operations.isEmpty else { return decline(offer) }
        post(.accept) { call in
            call.accept.offerIds = [offer.id]
            call.accept.operations = operations
        }
        if chance.happens(0.5) { refuseRest() }
    }

    /// The last call, an ACCEPT, says for how long it does not want what it leaves.
    private mutating func refuseRest() {
        guard case .post(var call) = effects.last else { return }
        call.accept.filters.refuseSeconds = Double(chance.number(0...30))
        effects[effects.count - 1] = .post(call)
    }

    private mutating func decline(_ offer: Mesos_V1_Offer) {
        let seconds = isResting ? 600 : chance.number(0...60)
        let hasFilter = isResting || chance.happens(0.8)
        post(.decline) { call in
            call.decline.offerIds = [offer.id]
            if hasFilter { call.decline.filters.refuseSeconds = Double(seconds) }
        }
    }

    private mutating func operations(on agent: AgentID, _ free: Resources) -> [Mesos_V1_Offer.Operation] {
        var rest = free
        var operations: [Mesos_V1_Offer.Operation] = []
        let most = traits.work.tasksPerFramework - aliveCount
        for _ in 0..<chance.number(1...3) where operations.count < most {
            let operation = traits.character == .grouper ? group(on: agent, &rest) : single(on: agent, &rest)
            guard let operation else { break }
            operations.append(operation)
        }
        return operations
    }

    private mutating func single(on agent: AgentID, _ rest: inout Resources) -> Mesos_V1_Offer.Operation? {
        guard let task = task(on: agent, &rest) else { return nil }
        var operation = Mesos_V1_Offer.Operation()
        operation.type = .launch
        operation.launch.taskInfos = [task]
        return operation
    }

    private mutating func group(on agent: AgentID, _ rest: inout Resources) -> Mesos_V1_Offer.Operation? {
        var operation = Mesos_V1_Offer.Operation()
        operation.type = .launchGroup
        operation.launchGroup.executor = executor(on: agent)
        rest -= (try? Resources(operation.launchGroup.executor.resources)) ?? .empty
        for _ in 0..<chance.number(1...3) {
            guard let task = task(on: agent, &rest) else { break }
            operation.launchGroup.taskGroup.tasks.append(task)
        }
        return operation.launchGroup.taskGroup.tasks.isEmpty ? nil : operation
    }

    /// A new executor, or the one that it started there last, whether that still runs or not.
    private mutating func executor(on agent: AgentID) -> Mesos_V1_ExecutorInfo {
        if let known = executors[agent], chance.happens(0.4) { return known }
        var executor = Mesos_V1_ExecutorInfo()
        executor.type = .default
        executor.executorID.value = "executor-\(traits.number)-\(stored.launched)"
        executor.resources = Self.resources(cpus: 100, mem: 32_000, disk: 10_000).messages
        executors[agent] = executor
        return executor
    }

    /// A task that takes a part of what is left, and is on disk before anybody hears of it.
    private mutating func task(on agent: AgentID, _ rest: inout Resources) -> Mesos_V1_TaskInfo? {
        let isBad = chance.happens(traits.badLaunches)
        let cpus = isBad ? 1_000_000 : chance.number(1...10) * 100
        let needs = Self.resources(cpus: cpus, mem: chance.number(1...8) * 32_000, disk: 0)
        guard isBad || rest.contains(needs) else { return nil }
        rest -= needs
        let id = TaskID("task-\(traits.number)-\(stored.launched)")
        stored.launched += 1
        stored.tasks[id] = ScriptedTask(id: id, agent: agent)
        var task = Mesos_V1_TaskInfo()
        task.name = id.value
        task.taskID.value = id.value
        task.agentID.value = agent.value
        task.resources = needs.messages
        task.command.value = "work"
        if chance.happens(0.05) { task.maxCompletionTime.nanoseconds = Int64(chance.number(1...60)) * 1_000_000_000 }
        if chance.happens(0.3) { task.killPolicy.gracePeriod.nanoseconds = Int64(chance.number(0...20)) * 1_000_000_000 }
        return task
    }

    private static func resources(cpus: Int, mem: Int, disk: Int) -> Resources {
        [
            Resource("cpus", .scalar(Scalar(thousandths: Int64(cpus)))), Resource("mem", .scalar(Scalar(thousandths: Int64(mem)))),
            Resource("disk", .scalar(Scalar(thousandths: Int64(disk)))),
        ]
    }
}
