import Cluster
import HashTreeCollections
import MesosAPI
public import MesosMessages

extension AgentCore {
    /// Dials the master with all that runs here.
    mutating func connect(_ turn: inout Turn) {
        connection &+= 1
        link = .dialing(until: turn.now + AgentLimits.reconnectMaximum)
        exitsWhileDialing = []
        turn.effects.append(.connect(connection: connection, subscribeCall()))
    }

    mutating func handle(_ event: Agora_V1_AgentEvent, on connection: UInt64, _ turn: inout Turn) {
        guard connection == self.connection, link.isOpen else { return }
        noteLife(&turn)
        switch event.type {
        case .subscribed where event.hasSubscribed: subscribed(event.subscribed, &turn)
        case .launch where event.hasLaunch: launch(event.launch, &turn)
        case .kill where event.hasKill: kill(event.kill, &turn)
        case .acknowledge where event.hasAcknowledge: acknowledge(event.acknowledge, &turn)
        case .shutdownFramework where event.hasShutdownFramework: shutdown(event.shutdownFramework, &turn)
        case .shutdownExecutor where event.hasShutdownExecutor: shutdown(event.shutdownExecutor, &turn)
        case .message where event.hasMessage: pass(event.message, &turn)
        case .updateFramework where event.hasUpdateFramework: update(event.updateFramework.framework, &turn)
        case .shutdown where event.hasShutdown: shutDown(event.shutdown, &turn)
        case .drain where event.hasDrain: drain = event.drain.hasConfig ? event.drain : nil
        case .heartbeat: break
        case .error:
            link = .idle
            turn.effects.append(.abort(event.hasError ? event.error.message : "the master gave no reason"))
        default:
            turn.log(.warning, "the master sent an event that this agent does not understand", ["type": "\(event.type)"])
        }
    }

    /// The stream broke: dial again after a pause that grows with every failure.
    mutating func loseLink(_ connection: UInt64, because reason: String, _ turn: inout Turn) {
        guard connection == self.connection, link.isOpen else { return }
        failedConnections += 1
        let pause = reconnectPause()
        link = .paused(until: turn.now + pause)
        turn.log(.warning, "lost the master", ["reason": reason, "retry-seconds": pause.shownSeconds])
    }

    /// Doubled with every failure up to a maximum, and spread so that agents do not all dial at once.
    private mutating func reconnectPause() -> Duration {
        let doublings = min(failedConnections - 1, 16)
        let limit = min(AgentLimits.reconnectMinimum * (1 << doublings), AgentLimits.reconnectMaximum)
        return limit * Double.random(in: 0.5...1, using: &generator)
    }

    private mutating func noteLife(_ turn: inout Turn) {
        guard case .subscribed(var subscription) = link else { return }
        subscription.silenceDeadline = turn.now + subscription.heartbeatInterval * AgentLimits.missedHeartbeats
        link = .subscribed(subscription)
    }

    private mutating func subscribed(_ event: Agora_V1_AgentEvent.Subscribed, _ turn: inout Turn) {
        guard let given = try? AgentID(validating: event.agentID.value) else {
            turn.effects.append(.disconnect(connection: connection))
            return loseLink(connection, because: "it gave an agent id that is not allowed: \(event.agentID.value)", &turn)
        }
        if given != id {
            if let id { turn.log(.warning, "the master gave this agent another id", ["old": "\(id)", "new": "\(given)"]) }
            id = given
            turn.effects.append(.persist(.putAgentID(given)))
        }
        let seconds = event.heartbeatIntervalSeconds
        let interval = seconds > 0 && seconds < 3600 ? Duration.seconds(seconds) : AgentLimits.heartbeatInterval
        link = .subscribed(
            Link.Subscription(
                heartbeatInterval: interval,
                silenceDeadline: turn.now + interval * AgentLimits.missedHeartbeats,
                nextHeartbeat: turn.now + interval
            )
        )
        failedConnections = 0
        masterInfo = event.hasMasterInfo ? event.masterInfo : nil
        // It says so now if it does.
        drain = nil
        turn.log(.info, "subscribed", ["agent": "\(given)"])
        reportExitsWhileDialing(&turn)
        resendAll(&turn)
        if isCleaningUp { stop(destroyContainers: true, &turn) }
    }

    /// What the link has to do because time has passed.
    mutating func passLinkTime(_ turn: inout Turn) {
        guard let deadline = link.deadline, deadline <= turn.now else { return }
        switch link {
        case .idle: return
        case .paused: connect(&turn)
        case .dialing: breakLink(because: "it did not answer in \(AgentLimits.reconnectMaximum.shownSeconds) s", &turn)
        case .subscribed(var subscription):
            guard turn.now < subscription.silenceDeadline else { return breakLink(because: "it fell silent", &turn) }
            subscription.nextHeartbeat = turn.now + subscription.heartbeatInterval
            link = .subscribed(subscription)
            send(&turn) { $0.type = .heartbeat }
        }
    }

    private mutating func breakLink(because reason: String, _ turn: inout Turn) {
        turn.effects.append(.disconnect(connection: connection))
        loseLink(connection, because: reason, &turn)
    }

    /// Sends a call if a master is there; it learns the rest from the next SUBSCRIBE.
    func send(_ turn: inout Turn, _ fill: (inout Agora_V1_AgentCall) -> Void) {
        guard isSubscribed, let id else { return }
        var call = Agora_V1_AgentCall()
        call.agentID.value = id.value
        fill(&call)
        turn.effects.append(.send(connection: connection, call))
    }

    private func subscribeCall() -> Agora_V1_AgentCall {
        var call = Agora_V1_AgentCall()
        call.type = .subscribe
        call.subscribe.agent = info
        call.subscribe.version = configuration.version
        call.subscribe.life = life
        call.subscribe.attempt = connection
        call.subscribe.capabilities = AgentCoreConfiguration.capabilities.map { type in
            var capability = Mesos_V1_AgentInfo.Capability()
            capability.type = type
            return capability
        }
        call.subscribe.frameworks = frameworks.sorted { $0.key < $1.key }.map(\.value.info)
        call.subscribe.executors = executors.values.filter { $0.stored.kind != .command }.sorted { $0.key < $1.key }.map { executor in
            var message = Agora_V1_AgentCall.Executor()
            message.frameworkID.value = executor.key.framework.value
            message.executor = executor.stored.info.withoutSecrets
            return message
        }
        call.subscribe.tasks = tasks.values.sorted { $0.key < $1.key }.map(\.message)
        return call
    }

    /// The agent as messages show it, with its id once it has one.
    public var info: Mesos_V1_AgentInfo {
        var info = configuration.info
        if let id { info.id.value = id.value }
        return info
    }
}

extension Duration {
    /// For people: "1.5".
    var shownSeconds: String {
        let tenths = clampedNanoseconds / 100_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
