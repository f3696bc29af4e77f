public import Cluster
public import MesosMessages

/// What can happen to an agent.
public enum AgentInput: Sendable {
    /// The state was recovered: dial the master.
    case start
    /// An event on the stream of the connection with that number.
    case event(connection: UInt64, Agora_V1_AgentEvent)
    /// The connection with that number broke, or a call on it failed.
    case linkLost(connection: UInt64, reason: String)

    /// A container that the core asked for runs.
    case containerLaunched(ContainerID, pid: Int32)
    /// A container that the core asked for could not be launched; nothing of it is left.
    case containerLaunchFailed(ContainerID, message: String)
    /// A container that was launched has ended.
    case containerEnded(ContainerID, ContainerExit)

    /// A probe that the core asked for has a result.
    case probed(Probe.ID, ProbeResult)

    /// The process will end. With `destroyContainers` everything is killed first and nothing survives.
    case stop(destroyContainers: Bool)

    /// Only time has passed.
    case tick
}
