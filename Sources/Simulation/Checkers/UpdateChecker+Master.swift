import Cluster
import HashTreeCollections
import MasterCore

extension UpdateChecker {
    /// The master passes on what a framework acknowledged; it acknowledges by itself only what nobody waits for.
    func masterWorked(_ core: MasterCore, _ effects: [MasterEffect]) -> [String] {
        effects.compactMap { effect in
            guard case .sendToAgent(_, .acknowledge(let framework, let task, let uuid)) = effect else { return nil }
            let name = TaskName(framework: framework, task: task)
            guard core.state.frameworks[framework] != nil, !isAcknowledged(name, uuid) else { return nil }
            return "\(name): the master acknowledged \(Words.short(uuid)), its framework did not"
        }
    }
}
