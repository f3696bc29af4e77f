import Cluster
import HashTreeCollections
import MasterCore

extension UpdateChecker {
    /// The master passes on what a framework acknowledged; it acknowledges by itself only what nobody waits for.
    mutating func masterWorked(_ core: MasterCore, _ effects: [MasterEffect]) -> [String] {
        var problems: [String] = []
        for case .sendToAgent(_, .acknowledge(let framework, let task, let uuid)) in effects {
            let name = TaskName(framework: framework, task: task)
            if core.state.frameworks[framework] == nil {
                drop(name)
            } else if !isAcknowledged(name, uuid) {
                problems.append("\(name): the master acknowledged \(Words.short(uuid)), its framework did not")
            }
        }
        return problems
    }
}
