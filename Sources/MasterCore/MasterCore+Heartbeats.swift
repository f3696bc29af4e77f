import Cluster
import HashTreeCollections
import MesosAPI

extension MasterCore {
    /// Begins the heartbeats of a new stream.
    mutating func startHeartbeats(scheduler stream: StreamID) {
        deadlines.set(.schedulerHeartbeat(stream), at: now + configuration.heartbeatInterval)
    }

    /// Begins the heartbeats of a new stream.
    mutating func startHeartbeats(agent stream: StreamID) {
        deadlines.set(.agentHeartbeat(stream), at: now + configuration.agentHeartbeatInterval)
    }

    mutating func beat(scheduler stream: StreamID) {
        guard schedulerStreams[stream] != nil else { return }
        emit(.sendToScheduler(stream, .heartbeat))
        startHeartbeats(scheduler: stream)
    }

    /// Sends a heartbeat, or ends a stream on which nothing was heard for too long: its agent may be cut off without
    /// the connection knowing.
    mutating func beat(agent stream: StreamID) {
        guard let id = agentStreams[stream], let agent = state.agents[id] else { return }
        guard now - agent.lastHeard < configuration.agentTimeout else {
            log(.warning, "agent is silent", ["agent": id.value])
            emit(.closeStream(stream))
            agentStreams[stream] = nil
            return markUnreachable(id)
        }
        emit(.sendToAgent(stream, .heartbeat))
        startHeartbeats(agent: stream)
    }
}
