import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// Those who watch the cluster: SUBSCRIBE of the operator API.
///
/// They hear of every change from the state that they were shown on. While nobody watches, no event is made.
extension MasterCore {
    /// Lets streams hear of all changes from now on. If there are too many, the oldest end.
    mutating func watch(_ streams: [StreamID]) {
        if operatorStreams.isEmpty { deadlines.set(.operatorHeartbeat, at: now + configuration.heartbeatInterval) }
        operatorStreams += streams
        emit(.greetOperators(streams, state, heartbeatInterval: configuration.heartbeatInterval))
        let excess = operatorStreams.prefix(max(operatorStreams.count - configuration.limits.operatorSubscribers, 0))
        for stream in excess { emit(.closeOperatorStream(stream)) }
        operatorStreams.removeFirst(excess.count)
        state.operatorSubscribers = operatorStreams.count
    }

    mutating func operatorStreamClosed(_ stream: StreamID) {
        operatorStreams.removeAll { $0 == stream }
        state.operatorSubscribers = operatorStreams.count
        if operatorStreams.isEmpty { deadlines.remove(.operatorHeartbeat) }
    }

    mutating func beatOperators() {
        tellOperators(.heartbeat)
        deadlines.set(.operatorHeartbeat, at: now + configuration.heartbeatInterval)
    }

    /// Tells those who watch; the event is made only if somebody does.
    mutating func tellOperators(_ event: @autoclosure () -> OperatorEvent) {
        guard !operatorStreams.isEmpty else { return }
        emit(.tellOperators(event()))
    }

    /// Tells those who watch that an agent is not what it was.
    mutating func showAgent(_ id: AgentID) {
        guard !operatorStreams.isEmpty, let agent = state.agents[id] else { return }
        let held = ClusterUsage.held(on: agent, in: state).values.reduce(into: Resources.empty) { $0 += $1 }
        emit(.tellOperators(.agentAdded(state.message(of: agent, allocated: held, offered: .empty))))
    }

    /// Tells those who watch that a framework is not what it was.
    mutating func showFramework(_ id: FrameworkID, isNew: Bool = false) {
        guard !operatorStreams.isEmpty, let framework = state.frameworks[id] else { return }
        let message = framework.message(nil, offers: [])
        emit(.tellOperators(isNew ? .frameworkAdded(message) : .frameworkUpdated(message)))
    }

    /// Tells those who watch of a task's status.
    mutating func showStatus(_ status: Mesos_V1_TaskStatus, of key: TaskKey, state: Mesos_V1_TaskState) {
        guard !operatorStreams.isEmpty else { return }
        var shown = status
        shown.clearData()
        emit(.tellOperators(.taskUpdated(key.framework, shown, state: state)))
    }
}
