import Cluster

extension AgentCore {
    /// Kills all that was recovered and leaves the cluster. A master is dialled first, so that it hears how everything
    /// ended; if none answers in time, the updates stay on the disk for the next start.
    mutating func cleanUp(_ turn: inout Turn) {
        isCleaningUp = true
        turn.log(.info, "cleaning up: all that runs here is killed, then the agent ends")
        timers.set(.cleanUp, at: turn.now + AgentLimits.cleanUpPatience)
        connect(&turn)
    }
}
