import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// A scheduler's SUBSCRIBE. A refused one is told so by an ERROR event, then its stream ends.
    mutating func subscribe(_ stream: NewStream, _ call: Mesos_V1_Scheduler_Call) {
        count(call)
        do throws(Problem) {
            let subscription = try FrameworkValidation.check(
                call.subscribe.frameworkInfo,
                suppressed: call.subscribe.suppressedRoles,
                constraints: call.subscribe.offerConstraints,
                limits: configuration.limits
            )
            if let id = subscription.id {
                state.counters.resubscriptions += 1
                try resubscribe(id, subscription, stream, call.subscribe.frameworkInfo)
            } else {
                try register(newFrameworkID(), subscription, stream, call.subscribe.frameworkInfo)
            }
        } catch {
            log(.warning, "subscription refused", ["framework": call.subscribe.frameworkInfo.name, "reason": error.description])
            emit(.sendToScheduler(stream.id, .error(error.description)))
            emit(.closeStream(stream.id))
        }
    }

    /// A name that no framework has, not even one that made its own up.
    private mutating func newFrameworkID() -> FrameworkID {
        var id = names.framework()
        while state.frameworks[id] != nil || isCompleted(id) { id = names.framework() }
        return id
    }

    /// A framework that brings its id: one that is known, or one that a former master named.
    private mutating func resubscribe(
        _ id: FrameworkID,
        _ subscription: ValidSubscription,
        _ stream: NewStream,
        _ info: Mesos_V1_FrameworkInfo
    ) throws(Problem) {
        if isCompleted(id) {
            throw Problem("framework_info.id: framework '\(id)' was removed; subscribe without an id to become a new one")
        }
        guard let known = state.frameworks[id] else { return try register(id, subscription, stream, info) }
        try FrameworkValidation.checkPrincipal(of: known.info, in: info)
        if let old = known.stream {
            detach(old, because: "framework failed over: a newer subscription took its place")
        }
        withdrawOffers(of: id)
        withdrawInverseOffers(to: id)
        deadlines.remove(.frameworkLost(id))
        attach(stream, to: id)
        update(id, with: subscription, info)
        showFramework(id)
        log(.info, "framework subscribed again", ["framework": id.value])
        greet(id, on: stream.id)
    }

    private mutating func register(
        _ id: FrameworkID,
        _ subscription: ValidSubscription,
        _ stream: NewStream,
        _ info: Mesos_V1_FrameworkInfo
    ) throws(Problem) {
        guard state.frameworks.count < configuration.limits.frameworks else {
            throw Problem("this master has \(state.frameworks.count) frameworks, its limit; tear one down first")
        }
        add(id, subscription, info, connection: .connected(stream))
        keep(id)
        attach(stream, to: id)
        log(.info, "framework subscribed", ["framework": id.value, "name": info.name])
        greet(id, on: stream.id)
    }

    /// Makes a framework known to the state and to the allocator.
    mutating func add(
        _ id: FrameworkID,
        _ subscription: ValidSubscription,
        _ info: Mesos_V1_FrameworkInfo,
        connection: FrameworkEntry.Connection,
        registered: Timestamp? = nil
    ) {
        var named = info
        named.id = id.message
        let limits = configuration.limits
        state.frameworks[id] = FrameworkEntry(
            id: id,
            info: named,
            roles: subscription.roles,
            capabilities: subscription.capabilities,
            suppressed: subscription.suppressed,
            offerConstraints: subscription.offerConstraints,
            connection: connection,
            registered: registered ?? now,
            completed: History(limit: limits.completedTasksPerFramework),
            unreachable: KeyedHistory(limit: limits.unreachableTasksPerFramework)
        )
        addToAllocator(id, terms: subscription.terms)
        showFramework(id, isNew: true)
    }

    private mutating func attach(_ stream: NewStream, to id: FrameworkID) {
        schedulerStreams[stream.id] = id
        state.frameworks[id]?.connection = .connected(stream)
        startHeartbeats(scheduler: stream.id)
    }

    private mutating func detach(_ stream: StreamID, because reason: String) {
        schedulerStreams[stream] = nil
        deadlines.remove(.schedulerHeartbeat(stream))
        emit(.sendToScheduler(stream, .error(reason)))
        emit(.closeStream(stream))
    }

    /// Takes over what a framework may change by subscribing again; user and checkpointing stay as they were.
    private mutating func update(_ id: FrameworkID, with subscription: ValidSubscription, _ info: Mesos_V1_FrameworkInfo) {
        guard let known = state.frameworks[id] else { return }
        var framework = known
        framework.describe(by: subscription, info)
        framework.reregistered = now
        state.frameworks[id] = framework
        if framework.info != known.info { keep(id) }
        addToAllocator(id, terms: subscription.terms)
        tellAgents(of: framework, insteadOf: known.info)
    }

    private mutating func greet(_ id: FrameworkID, on stream: StreamID) {
        let event = SchedulerEvent.subscribed(id, heartbeatInterval: configuration.heartbeatInterval, configuration.masterInfo)
        emit(.sendToScheduler(stream, event))
        askToLeave(by: id)
    }

    /// True for a framework that was torn down and is still remembered, by this master or a former one.
    func isCompleted(_ id: FrameworkID) -> Bool {
        removedFrameworks[id] != nil
    }
}
