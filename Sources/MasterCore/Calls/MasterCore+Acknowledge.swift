import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// A scheduler has taken in an update: its agent may forget it. A task whose end is acknowledged becomes history.
    mutating func acknowledge(_ call: Mesos_V1_Scheduler_Call.Acknowledge, from id: FrameworkID) {
        let agent = AgentID(call.agentID)
        guard let stream = state.agents[agent]?.stream else {
            // The agent sends the update again when it is back.
            state.counters.invalidAcknowledgements += 1
            return
        }
        let key = TaskKey(framework: id, task: TaskID(call.taskID))
        if let task = state.frameworks[id]?.tasks[key.task], task.agent == agent {
            if let reported = task.reported, reported.uuid == call.uuid, reported.state.isOver { complete(key) }
        }
        state.counters.validAcknowledgements += 1
        emit(.sendToAgent(stream, .acknowledge(id, key.task, uuid: call.uuid)))
    }
}
