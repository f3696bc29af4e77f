import Cluster
import HashTreeCollections
import MesosMessages

/// The one place where the core speaks of what is written down. The shell commits all changes of a batch before it
/// carries out anything else of it, so nothing is told that a restart would take back.
extension MasterCore {
    /// Writes down who an agent is, if that is not what is written already.
    mutating func keep(_ agent: AgentEntry, written: Mesos_V1_AgentInfo?) {
        guard agent.info != written else { return }
        emit(.persist(.admitAgent(AdmittedAgent(id: agent.id, info: agent.info, registered: agent.registered))))
    }

    /// Writes down what a framework is. To be called after every change of its `info`.
    mutating func keep(_ id: FrameworkID) {
        guard let framework = state.frameworks[id] else { return }
        emit(.persist(.putFramework(RegisteredFramework(id: id, info: framework.info, registered: framework.registered))))
    }

    /// Writes down that a framework ended: its id is refused from now on, as long as it is remembered.
    mutating func bury(_ id: FrameworkID) {
        emit(.persist(.removeFramework(id, at: now)))
        if let oldest = removedFrameworks.set(id, to: now) { emit(.persist(.forgetFramework(oldest))) }
    }

    /// Writes down that an agent is unreachable, and remembers what it ran.
    mutating func keepUnreachable(_ id: AgentID, tasks: [TaskKey]) {
        state.counters.agentsUnreachable += 1
        emit(.persist(.markUnreachable(id, since: now)))
        if let oldest = state.unreachableAgents.set(id, to: UnreachableAgent(since: now, tasks: tasks)) { forgetAgent(oldest) }
        cleanUpLater()
    }

    /// Writes down that nothing is kept of an agent any more.
    mutating func forgetAgent(_ id: AgentID) {
        state.services[id] = nil
        emit(.persist(.forgetAgent(id)))
    }

    /// Writes down that an agent was given up.
    mutating func keepGone(_ id: AgentID) {
        state.services[id] = nil
        emit(.persist(.markGone(id, since: now)))
        if let oldest = state.goneAgents.set(id, to: GoneAgent(since: now)) { forgetAgent(oldest) }
        cleanUpLater()
    }
}
