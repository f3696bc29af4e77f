public import MesosAPI

/// What a master core asks its shell to do, in order.
///
/// The shell first commits all `persist` effects of a batch in one transaction, then carries out the others in order. If
/// that fails it carries out none of them and ends the master: nothing is told that a restart would take back.
public enum MasterEffect: Sendable {
    /// Write this down.
    case persist(RegistryChange)

    /// Write an event to a scheduler's stream.
    case sendToScheduler(StreamID, SchedulerEvent)

    /// Write an event to an agent's stream.
    case sendToAgent(StreamID, AgentEvent)

    /// Write the state as it is now, as the event SUBSCRIBED, to operators' streams, and from then on all of `tellOperators`.
    case greetOperators([StreamID], ClusterState, heartbeatInterval: Duration)

    /// Write an event to all operators' streams that were greeted and not closed.
    case tellOperators(OperatorEvent)

    /// End an operator's stream after what was written to it.
    case closeOperatorStream(StreamID)

    /// Answer a request with this status and, for a refusal, a text that says why.
    case answer(any ReplyAddress, status: Int, text: String)

    /// End a stream after what was written to it.
    case closeStream(StreamID)

    /// End the master, for this reason: it cannot go on without doing harm.
    case abort(String)

    /// Tell the operator.
    case log(MasterNotice)
}

/// Something an operator should know of.
public struct MasterNotice: Sendable {
    /// How much it matters.
    public enum Level: Sendable {
        /// The cluster's daily life.
        case info
        /// Something is lost or refused.
        case warning
    }

    /// How much it matters.
    public var level: Level

    /// What happened, in words that do not change from one case to the next.
    public var message: String

    /// On which objects: name and value, in a fixed order.
    public var subjects: [(name: String, value: String)]
}
