public import MesosMessages

/// One open event stream, numbered by the shell and never reused.
public struct StreamID: Hashable, Comparable, Sendable {
    /// The number.
    public let number: UInt64

    /// The stream with this number.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// By number, that is by age.
    public static func < (left: StreamID, right: StreamID) -> Bool { left.number < right.number }
}

/// Where the answer to one request goes. Opaque to the core, which hands it back in `MasterEffect.answer`.
public protocol ReplyAddress: AnyObject, Sendable {}

/// A stream that was just opened for a SUBSCRIBE.
public struct NewStream: Sendable {
    /// The stream.
    public var id: StreamID

    /// Its `Mesos-Stream-Id`, which later calls must carry.
    public var token: String

    /// A stream with the header value it was opened with.
    public init(id: StreamID, token: String) {
        self.id = id
        self.token = token
    }
}

/// What can happen to a master.
public enum MasterInput: Sendable {
    /// A scheduler's SUBSCRIBE that passed `SchedulerCallValidation`; its stream is open.
    case schedulerSubscribe(NewStream, Mesos_V1_Scheduler_Call)

    /// Any other scheduler call that passed `SchedulerCallValidation`, with its `Mesos-Stream-Id` header.
    case schedulerCall(Mesos_V1_Scheduler_Call, token: String?, reply: any ReplyAddress)

    /// A scheduler's stream broke or was cut off.
    case schedulerStreamClosed(StreamID)

    /// An agent's SUBSCRIBE that passed `AgentCallValidation`; its stream is open.
    case agentSubscribe(NewStream, Agora_V1_AgentCall)

    /// Any other agent call that passed `AgentCallValidation`, with its `Mesos-Stream-Id` header.
    case agentCall(Agora_V1_AgentCall, token: String?, reply: any ReplyAddress)

    /// An agent's stream broke or was cut off.
    case agentStreamClosed(StreamID)

    /// An operator's call that changes something and passed `OperatorCallValidation`.
    case operatorCall(Mesos_V1_Master_Call, reply: any ReplyAddress)

    /// Time has passed.
    case tick
}
