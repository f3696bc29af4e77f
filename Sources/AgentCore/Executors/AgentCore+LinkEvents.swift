import Cluster
import HashTreeCollections
import MesosMessages

extension AgentCore {
    /// A framework has changed what it says of itself.
    mutating func update(_ info: Mesos_V1_FrameworkInfo, _ turn: inout Turn) {
        guard let id = try? FrameworkID(validating: info.id.value), let framework = frameworks[id], framework.info != info else { return }
        frameworks[id] = FrameworkRecord(info: info)
        turn.effects.append(.persist(.putFramework(id, info)))
    }

    /// The master does not want this agent any more: it kills all that it runs, then ends.
    mutating func shutDown(_ event: Agora_V1_AgentEvent.Shutdown, _ turn: inout Turn) {
        guard stopPhase == .running else { return }
        turn.log(.warning, "the master shuts this agent down", ["reason": event.message])
        shutdownReason = event.message.isEmpty ? "it gave no reason" : event.message
        stop(destroyContainers: true, &turn)
    }
}
