import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// Bytes between schedulers and executors, which are passed on if both ends are there and lost otherwise, as in Mesos.
extension MasterCore {
    /// A scheduler's MESSAGE to one of its executors.
    mutating func message(_ call: Mesos_V1_Scheduler_Call.Message, from id: FrameworkID) {
        let agent = AgentID(call.agentID)
        let executor = ExecutorID(call.executorID)
        guard let stream = state.agents[agent]?.stream else {
            state.counters.invalidFrameworkMessages += 1
            return log(
                .warning,
                "message to an executor dropped: its agent is not connected",
                ["framework": id.value, "agent": agent.value.shortened, "executor": executor.value.shortened]
            )
        }
        state.counters.validFrameworkMessages += 1
        emit(.sendToAgent(stream, .message(id, executor, call.data)))
    }

    /// An executor's message to its scheduler, by its agent.
    mutating func message(_ message: Agora_V1_Message, by agent: AgentID) {
        let framework = FrameworkID(message.frameworkID)
        let executor = ExecutorID(message.executorID)
        state.counters.executorMessages += 1
        guard let stream = state.frameworks[framework]?.stream else {
            state.counters.invalidExecutorMessages += 1
            return log(
                .warning,
                "message of an executor dropped: its framework is not connected",
                ["framework": framework.value.shortened, "agent": agent.value, "executor": executor.value.shortened]
            )
        }
        state.counters.validExecutorMessages += 1
        emit(.sendToScheduler(stream, .message(agent, executor, message.data)))
    }

    /// A scheduler's SHUTDOWN of one of its executors; how it ends is told by its tasks' statuses and a FAILURE event.
    mutating func shutdown(_ call: Mesos_V1_Scheduler_Call.Shutdown, for id: FrameworkID) {
        let agent = AgentID(call.agentID)
        let executor = ExecutorID(call.executorID)
        guard let stream = state.agents[agent]?.stream else {
            return log(
                .warning,
                "executor not shut down: its agent is not connected",
                ["framework": id.value, "agent": agent.value.shortened, "executor": executor.value.shortened]
            )
        }
        emit(.sendToAgent(stream, .shutdownExecutor(id, executor)))
    }
}
