public import MesosAPI
public import MesosMessages

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

    /// Streams of operators who want to hear of all changes are open.
    case operatorSubscribe([StreamID])

    /// An operator's stream broke or was cut off.
    case operatorStreamClosed(StreamID)

    /// Time has passed.
    case tick
}
