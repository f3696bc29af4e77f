public import Cluster
public import MesosAPI
public import MesosMessages

/// What can happen to an agent.
public enum AgentInput: Sendable {
    /// The state was recovered: dial the master.
    case start
    /// The state was recovered: kill all that runs, report it to the master, and stop.
    case cleanUp
    /// An event on the stream of the connection with that number.
    case event(connection: UInt64, Agora_V1_AgentEvent)
    /// The connection with that number broke, or a call on it failed.
    case linkLost(connection: UInt64, reason: String)

    /// A container that the core asked for runs, in these networks; none: in the host's.
    case containerLaunched(ContainerID, pid: Int32, networks: [Mesos_V1_NetworkInfo] = [])
    /// A container that the core asked for could not be launched; nothing of it is left.
    case containerLaunchFailed(ContainerID, message: String)
    /// A container that was launched has ended.
    case containerEnded(ContainerID, ContainerExit)

    /// An executor's SUBSCRIBE that passed `ExecutorCallValidation`, with what its token says if it has one. The stream
    /// of that number is opened by `openStream`.
    case executorSubscribe(StreamID, Mesos_V1_Executor_Call, ExecutorClaims?, reply: any ReplyAddress)
    /// Any other executor call that passed `ExecutorCallValidation`.
    case executorCall(Mesos_V1_Executor_Call, ExecutorClaims?, reply: any ReplyAddress)
    /// An executor's stream broke or was cut off.
    case executorStreamClosed(StreamID)

    /// A probe that the core asked for has a result.
    case probed(Probe.ID, ProbeResult)

    /// The process will end. With `destroyContainers` everything is killed first and nothing survives.
    case stop(destroyContainers: Bool)

    /// Only time has passed.
    case tick
}
