import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// An agent's SUBSCRIBE: a new one gets an id, one that returns takes the place of what was known of it.
    mutating func subscribeAgent(_ stream: NewStream, _ call: Agora_V1_AgentCall) {
        do throws(Problem) {
            let report = try AgentReport(call.subscribe)
            try checkDomain(of: report.info)
            if isDown(report.info.hostname, stream.peer) { return refuseDown(report.info.hostname, on: stream.id) }
            if let id = report.id, state.goneAgents[id] != nil { return refuseGone(id, stream.id) }
            if let id = report.id, isTaken(id, by: report.info) { return refuseDouble(id, report.info, stream.id) }
            if let id = report.id, isLate(id, report.number) { return refuseLate(id, stream.id) }
            let id = report.id ?? newAgentID()
            guard state.agents[id] != nil || state.agents.count < configuration.limits.agents else {
                throw Problem("this master has \(state.agents.count) agents, its limit; raise it or remove agents")
            }
            register(id, report, stream)
        } catch {
            log(.warning, "agent refused", ["agent": call.subscribe.agent.hostname, "reason": error.description])
            emit(.sendToAgent(stream.id, .error(error.description)))
            emit(.closeStream(stream.id))
        }
    }

    private mutating func refuseGone(_ id: AgentID, _ stream: StreamID) {
        log(.warning, "an agent that is marked as gone came back; it is told to shut down", ["agent": id.value])
        shutDown(id, on: stream)
    }

    /// True if the agent has subscribed anew since it sent this: what runs there is not what this one says.
    private func isLate(_ id: AgentID, _ number: SubscriptionNumber) -> Bool {
        state.agents[id].map { number < $0.subscription } ?? false
    }

    private mutating func refuseLate(_ id: AgentID, _ stream: StreamID) {
        log(.info, "a subscription that the agent has given up came late; it is not heard", ["agent": id.value])
        emit(.closeStream(stream))
    }

    /// True if another machine is connected under this id.
    private func isTaken(_ id: AgentID, by info: Mesos_V1_AgentInfo) -> Bool {
        guard let known = state.agents[id], known.stream != nil else { return false }
        return known.address != info.address
    }

    /// Two agents with one id would throw each other out without end. The second is told nothing: it may be the same
    /// agent at a new address, whose old stream is not known to be broken yet; then its next attempts succeed.
    private mutating func refuseDouble(_ id: AgentID, _ info: Mesos_V1_AgentInfo, _ stream: StreamID) {
        let advice = "two agents have this id: was a work directory copied? Remove the work directory of one of them"
        log(.warning, advice, ["agent": id.value, "at": state.agents[id]?.address ?? "", "refused": info.address])
        emit(.closeStream(stream))
    }

    /// A name that no agent has, not even one that made its own up.
    private mutating func newAgentID() -> AgentID {
        var id = names.agent()
        while isKnown(id) { id = names.agent() }
        return id
    }

    private func isKnown(_ id: AgentID) -> Bool {
        state.agents[id] != nil || state.recoveredAgents[id] != nil || state.unreachableAgents[id] != nil || state.goneAgents[id] != nil
    }

    private mutating func register(_ id: AgentID, _ report: AgentReport, _ stream: NewStream) {
        let isNew = report.id == nil
        if isNew { displaceFormer(at: report.info.address) }
        let former = replace(id)
        let recovered = endRecovery(of: id)
        let unreachable = state.unreachableAgents.remove(id)
        cancelLosses(of: id)
        state.counters.agentRegistrations += isNew ? 1 : 0
        state.counters.agentReregistrations += isNew ? 0 : 1
        var agent = entry(id, report, stream, registered: former?.registered ?? recovered?.registered, isNew: isNew)
        agent.unavailability = unavailability(of: agent)
        state.agents[id] = agent
        keep(agent, written: former?.info ?? recovered?.info)
        agentStreams[stream.id] = id
        startHeartbeats(agent: stream.id)
        log(.info, isNew ? "agent registered" : "agent registered again", ["agent": id.value, "hostname": report.info.hostname])
        let greeting = AgentEvent.subscribed(id, heartbeatInterval: configuration.agentHeartbeatInterval, configuration.masterInfo)
        emit(.sendToAgent(stream.id, greeting))
        showAgent(id)
        adopt(report, on: id, stream: stream.id, wasUnreachable: unreachable != nil)
        if let former { endKilledBeforeDelivery(former, reported: Set(report.tasks.map(\.key))) }
        endUnreported((former?.tasks.sorted() ?? []) + (unreachable?.tasks ?? []), report, on: id)
        addToAllocator(agent: id)
        drainFurther(id)
        askToLeave(id)
        if !isRecovering { awaitedKills = [:] }
    }

    /// A new agent stands where one that is away was reached: that one will not come back as what it was. Its tasks may
    /// run on, so it is unreachable and no more than that, without waiting for its timeout.
    private mutating func displaceFormer(at address: String) {
        guard let former = awayAgents[address], state.agents[former]?.stream == nil else { return }
        log(.warning, "a new agent is at the address of one that is away", ["agent": former.value, "at": address])
        markUnreachable(former)
    }

    /// Ends the former stream and offers of an agent that subscribes again; returns what was known of it.
    private mutating func replace(_ id: AgentID) -> AgentEntry? {
        guard let former = state.agents[id] else { return nil }
        if let stream = former.stream {
            agentStreams[stream] = nil
            deadlines.remove(.agentHeartbeat(stream))
            emit(.closeStream(stream))
        }
        deadlines.remove(.agentLost(id))
        if awayAgents[former.address] == id { awayAgents[former.address] = nil }
        rescindOffers(of: id)
        removeFromAllocator(agent: id)
        return former
    }

    private func entry(_ id: AgentID, _ report: AgentReport, _ stream: NewStream, registered: Timestamp?, isNew: Bool) -> AgentEntry {
        var info = report.info
        info.id = id.message
        return AgentEntry(
            id: id,
            info: info,
            subscription: report.number,
            version: report.version,
            capabilities: report.capabilities,
            total: report.total,
            connection: .connected(stream),
            lastHeard: now,
            registered: registered ?? now,
            reregistered: isNew ? nil : now,
            ip: stream.peer,
            executors: TreeDictionary(report.executors.map { ($0.key, $0.entry) }, uniquingKeysWith: { $1 }),
            offerTemplate: Mesos_V1_Offer(template: info, agent: id)
        )
    }
}
