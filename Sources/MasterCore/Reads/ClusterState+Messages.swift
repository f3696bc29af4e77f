package import Cluster
import HashTreeCollections
import MesosAPI
public import MesosMessages

/// An executor and its agent.
package struct PlacedExecutor: Sendable {
    package let agent: AgentID
    package let entry: ExecutorEntry
}

extension ClusterState {
    /// The registered agents, by id.
    public func agentMessages(_ usage: ClusterUsage) -> [Mesos_V1_Master_Response.GetAgents.Agent] { Array(eachAgent(usage)) }

    func eachAgent(_ usage: ClusterUsage) -> some Sequence<Mesos_V1_Master_Response.GetAgents.Agent> {
        agents.values.sorted { $0.id < $1.id }.lazy.map { agent in
            message(
                of: agent,
                allocated: usage.allocatedByAgent[agent.id, default: .empty],
                offered: usage.offeredByAgent[agent.id, default: .empty]
            )
        }
    }

    /// One agent as the operator API shows it.
    func message(of agent: AgentEntry, allocated: Resources, offered: Resources) -> Mesos_V1_Master_Response.GetAgents.Agent {
        var message = Mesos_V1_Master_Response.GetAgents.Agent()
        message.agentInfo = agent.info
        message.active = isActive(agent)
        message.deactivated = services[agent.id] != nil
        if let drain = services[agent.id]?.drain {
            message.drainInfo = drain.message
            message.estimatedDrainStartTime.nanoseconds = drain.started.nanoseconds
        }
        message.version = agent.version
        message.pid = agent.processAddress
        message.registeredTime.nanoseconds = agent.registered.nanoseconds
        if let moment = agent.reregistered { message.reregisteredTime.nanoseconds = moment.nanoseconds }
        message.totalResources = agent.total.shown
        message.allocatedResources = allocated.shown
        message.offeredResources = offered.shown
        message.capabilities = agent.capabilities
        return message
    }

    /// The agents that have not come back since the master's restart, by id, as they described themselves last.
    public var recoveredAgentMessages: [Mesos_V1_AgentInfo] {
        recoveredAgents.sorted { $0.key < $1.key }.map(\.value.info)
    }

    /// The frameworks that are known, by id.
    public func frameworkMessages(_ usage: ClusterUsage) -> [Mesos_V1_Master_Response.GetFrameworks.Framework] {
        frameworksByID.map { framework in
            var message = framework.message(usage, offers: offers(of: framework))
            message.inverseOffers = inverseOffers(of: framework.id).map(\.message)
            return message
        }
    }

    /// The frameworks that ended, oldest first.
    public var completedFrameworkMessages: [Mesos_V1_Master_Response.GetFrameworks.Framework] {
        completedFrameworks.all.map { $0.message(nil, offers: []) }
    }

    /// The executors that frameworks launched, by agent, framework and id.
    public var executorMessages: [Mesos_V1_Master_Response.GetExecutors.Executor] { Array(eachExecutor) }

    var eachExecutor: some Sequence<Mesos_V1_Master_Response.GetExecutors.Executor> {
        agents.values.sorted { $0.id < $1.id }.lazy.flatMap { agent in
            agent.executors.sorted { $0.key < $1.key }.map { _, executor in
                var message = Mesos_V1_Master_Response.GetExecutors.Executor()
                message.executorInfo = executor.info
                message.agentID = agent.id.message
                return message
            }
        }
    }

    /// Where each framework's executors run, by agent and id.
    package var executorsByFramework: [FrameworkID: [PlacedExecutor]] {
        var executors: [FrameworkID: [PlacedExecutor]] = [:]
        for agent in agents.values.sorted(by: { $0.id < $1.id }) {
            for (key, entry) in agent.executors.sorted(by: { $0.key < $1.key }) {
                executors[key.framework, default: []].append(PlacedExecutor(agent: agent.id, entry: entry))
            }
        }
        return executors
    }

    /// The tasks that run or wait for their end to be acknowledged.
    public var taskMessages: [Mesos_V1_Task] { Array(eachTask) }

    var eachTask: some Sequence<Mesos_V1_Task> { frameworksByID.lazy.flatMap { $0.sortedTasks.lazy.map(\.message) } }

    /// The tasks whose agents are unreachable.
    public var unreachableTaskMessages: [Mesos_V1_Task] { Array(eachUnreachableTask) }

    var eachUnreachableTask: some Sequence<Mesos_V1_Task> {
        frameworksByID.lazy.flatMap { framework in
            framework.unreachable.all.sorted { $0.key < $1.key }.lazy.map(\.element.message)
        }
    }

    /// The tasks that ended, those of ended frameworks included.
    public var completedTaskMessages: [Mesos_V1_Task] { Array(eachCompletedTask) }

    var eachCompletedTask: some Sequence<Mesos_V1_Task> {
        (frameworksByID + Array(completedFrameworks.all)).lazy.flatMap { $0.completed.all.lazy.map(\.message) }
    }

    private var frameworksByID: [FrameworkEntry] { frameworks.values.sorted { $0.id < $1.id } }

    /// The roles that frameworks have, by name.
    public func roleMessages(_ usage: ClusterUsage) -> [Mesos_V1_Role] {
        var members: [RoleName: [FrameworkID]] = [:]
        for framework in frameworks.values {
            for role in framework.roles { members[role, default: []].append(framework.id) }
        }
        return members.sorted { $0.key < $1.key }.map { role, ids in
            var message = Mesos_V1_Role()
            message.name = role.value
            message.weight = 1
            message.frameworks = ids.sorted().map(\.message)
            message.resources = held(by: role, usage).messages
            return message
        }
    }

    /// What a role's tasks and executors hold.
    package func held(by role: RoleName, _ usage: ClusterUsage) -> Resources {
        usage.allocatedByFramework.values.reduce(into: Resources.empty) { $0 += $1.filter(allocatedTo: role).unallocated() }
    }

    /// A framework's outstanding offers, by id.
    package func offers(of framework: FrameworkEntry) -> [OfferEntry] {
        framework.offers.sorted().compactMap { offers[$0] }
    }
}

extension FrameworkEntry {
    /// The tasks that run or wait for their end to be acknowledged, by id. Only their ids are sorted: a task is large.
    package var sortedTasks: some Sequence<TaskEntry> { tasks.keys.sorted().lazy.compactMap { tasks[$0] } }

    /// The framework as the operator API shows it; without the use of resources where only the framework matters.
    func message(_ usage: ClusterUsage?, offers: [OfferEntry]) -> Mesos_V1_Master_Response.GetFrameworks.Framework {
        var message = Mesos_V1_Master_Response.GetFrameworks.Framework()
        message.frameworkInfo = info
        message.active = stream != nil
        message.connected = stream != nil
        message.recovered = isRecovered
        message.registeredTime.nanoseconds = registered.nanoseconds
        message.reregisteredTime.nanoseconds = (reregistered ?? registered).nanoseconds
        if let unregistered { message.unregisteredTime.nanoseconds = unregistered.nanoseconds }
        message.offers = offers.map(\.message)
        message.offerConstraints = offerConstraints
        guard let usage else { return message }
        message.allocatedResources = usage.allocatedByFramework[id, default: .empty].shown
        message.offeredResources = usage.offeredByFramework[id, default: .empty].shown
        return message
    }
}

extension Resources {
    /// As the reads show resources: with the old field `role` filled in beside the reservations.
    package var shown: [Mesos_V1_Resource] {
        messages.map { resource in
            var resource = resource
            resource.role = resource.reservations.last?.role ?? "*"
            return resource
        }
    }
}
