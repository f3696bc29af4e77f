import MesosAPI
import MesosMessages

/// What keeps a machine from being empty.
struct RemainingTasks {
    /// As one line for the user; nothing if there is nothing.
    let text: String?

    private static let shown = 5

    init(of agent: Mesos_V1_AgentID, in state: Mesos_V1_Master_Response.GetState) {
        let tasks = state.getTasks.tasks.filter { $0.agentID == agent }.sorted { $0.taskID.value < $1.taskID.value }
        guard !tasks.isEmpty else {
            text = nil
            return
        }
        let frameworks = state.getFrameworks.frameworks
        let parts = tasks.prefix(Self.shown).map { task in
            let framework = frameworks.first { $0.frameworkInfo.id == task.frameworkID }
            return Self.text(task, framework)
        }
        let more = tasks.count - parts.count
        text = "waiting for " + parts.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    private static func text(_ task: Mesos_V1_Task, _ framework: Mesos_V1_Master_Response.GetFrameworks.Framework?) -> String {
        let name = task.taskID.value.printable.clipped
        guard task.state.isTerminal else { return "\(name) (\(task.state.word))" }
        guard let framework, !framework.connected else { return "\(name), whose end its framework has not acknowledged yet" }
        return "\(name), whose end its framework, which is away, has not acknowledged "
            + "(`agora teardown \(framework.frameworkInfo.id.value)` gives that framework up)"
    }
}
