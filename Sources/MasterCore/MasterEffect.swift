public import MesosAPI

/// What a master core asks its shell to do, in order.
public enum MasterEffect: Sendable {
    /// Write an event to a scheduler's stream.
    case sendToScheduler(StreamID, SchedulerEvent)

    /// Write an event to an agent's stream.
    case sendToAgent(StreamID, AgentEvent)

    /// Answer a request with this status and, for a refusal, a text that says why.
    case answer(any ReplyAddress, status: Int, text: String)

    /// End a stream after what was written to it.
    case closeStream(StreamID)

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
