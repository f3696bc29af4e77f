import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// DRAIN_AGENT: an agent is offered no more and all that runs there is killed. Once every end is acknowledged it is DRAINED, and
/// marked as gone if that was asked for. A drain outlives restarts of both sides.
extension MasterCore {
    mutating func drain(_ call: Mesos_V1_Master_Call.DrainAgent) throws(Refusal) {
        let id = AgentID(call.agentID)
        try checkKnown(id, "drain_agent.agent_id")
        var config = Mesos_V1_DrainConfig()
        if call.hasMaxGracePeriod { config.maxGracePeriod.nanoseconds = Self.nanoseconds(of: call) }
        config.markGone = call.markGone
        let started = state.services[id]?.drain?.started ?? now
        put(AgentService(drain: AgentService.Drain(state: .draining, config: config, started: started)), of: id)
        log(.info, "agent is drained by an operator", ["agent": id.value])
        drainFurther(id)
    }

    private static func nanoseconds(of call: Mesos_V1_Master_Call.DrainAgent) -> Int64 {
        let grace = call.maxGracePeriod
        return (Duration.seconds(grace.seconds) + .nanoseconds(Int64(grace.nanos))).clampedNanoseconds
    }

    /// Kills what runs on an agent that is to be empty: at the beginning, and whenever it comes back.
    mutating func drainFurther(_ id: AgentID) {
        guard var drain = state.services[id]?.drain else { return }
        drainChecks.insert(id)
        guard let agent = state.agents[id], let stream = agent.stream, !agent.tasks.isEmpty else { return }
        if drain.state == .drained {
            // It was away and counted as empty.
            drain.state = .draining
            put(AgentService(drain: drain), of: id)
        }
        for key in agent.tasks.sorted() {
            guard let task = state.frameworks[key.framework]?.tasks[key.task], task.isActive else { continue }
            emit(.sendToAgent(stream, .kill(key.framework, key.task, drain.config.policy(for: task.description))))
        }
        emit(.sendToAgent(stream, .drain(drain)))
    }

    /// Ends the drains of agents on which nothing is left.
    mutating func settleDrains() {
        while let id = drainChecks.popFirst() {
            guard var drain = state.runningDrain(of: id) else { continue }
            let isEmpty = state.agents[id].map(\.tasks.isEmpty) ?? (state.unreachableAgents[id] != nil)
            guard isEmpty else { continue }
            log(.info, "agent is drained", ["agent": id.value])
            if drain.config.markGone {
                // It is known, so this cannot fail.
                try? markGone(id)
            } else {
                drain.state = .drained
                put(AgentService(drain: drain), of: id)
                if let stream = state.agents[id]?.stream { emit(.sendToAgent(stream, .drain(nil))) }
            }
        }
    }

    /// Says in a status why a task on an agent that is drained ends.
    func explain(_ status: inout Mesos_V1_TaskStatus, of key: TaskKey, on agent: AgentID) {
        guard let drain = state.runningDrain(of: agent), [.taskKilling, .taskKilled].contains(status.state) else { return }
        status.reason = .agentDraining
        let knowsGone = state.frameworks[key.framework]?.capabilities.contains(.partitionAware) == true
        if status.state == .taskKilled, drain.config.markGone, knowsGone { status.state = .taskGoneByOperator }
    }
}

extension Mesos_V1_DrainConfig {
    /// How a task is killed: as it says itself, but not slower than the drain allows.
    fileprivate func policy(for task: Mesos_V1_Task) -> Mesos_V1_KillPolicy? {
        guard hasMaxGracePeriod else { return nil }
        let own = task.killPolicy.hasGracePeriod ? task.killPolicy.gracePeriod.nanoseconds : nil
        if let own, own <= maxGracePeriod.nanoseconds { return nil }
        // What says nothing is given the three seconds that built-in executors give, or less.
        if own == nil, maxGracePeriod.nanoseconds >= Self.usualGrace { return nil }
        return .with { $0.gracePeriod = maxGracePeriod }
    }

    private static var usualGrace: Int64 { 3_000_000_000 }
}
