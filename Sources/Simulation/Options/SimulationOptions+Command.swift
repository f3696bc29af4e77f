import Cluster

extension SimulationOptions {
    /// The command that runs this very simulation: all options that differ from the default.
    public var command: String {
        let usual = SimulationOptions()
        var words = ["agora simulate", "--seed \(seed)"]
        if agents != usual.agents { words.append("--agents \(agents)") }
        if frameworks != usual.frameworks { words.append("--frameworks \(frameworks)") }
        if duration != usual.duration { words.append("--hours \(duration / .seconds(3600))") }
        if work.tasksPerFramework != usual.work.tasksPerFramework { words.append("--tasks \(work.tasksPerFramework)") }
        if work.taskTime != usual.work.taskTime { words.append("--task-time \(work.taskTime / .seconds(1))s") }
        if work.characters != usual.work.characters {
            words.append("--characters \(work.characters.map(\.rawValue).joined(separator: ","))")
        }
        if faults != usual.faults { words.append("--faults \(faults.text)") }
        return words.joined(separator: " ")
    }
}
