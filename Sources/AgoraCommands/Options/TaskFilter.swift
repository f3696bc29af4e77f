import ArgumentParser
import MesosMessages

/// Which tasks are shown.
struct TaskFilter: ParsableArguments {
    @Option(help: "Only tasks of this framework, by its id or name; may be repeated.", completion: LiveNames.frameworks)
    var framework: [String] = []
    @Option(help: "Only tasks of this machine, by its name, its address or its agent's id; may be repeated.", completion: LiveNames.nodes)
    var node: [String] = []
    @Option(
        help: "Only tasks in this state, as running or TASK_FAILED, also if they have ended; may be repeated.",
        completion: .list(StateArgument.allValueStrings)
    )
    var state: [StateArgument] = []
    @Flag(name: .shortAndLong, help: "Also those that have ended.")
    var all = false

    var wanted: WantedTasks { WantedTasks(frameworks: framework, nodes: node, states: Set(state.map(\.state)), all: all) }
}

/// The state of a task as people write it: "running", "gone-by-operator" or "TASK_RUNNING".
struct StateArgument: ExpressibleByArgument, Hashable {
    let state: Mesos_V1_TaskState

    init?(argument: String) {
        let word = argument.uppercased().replacing("-", with: "_").replacing(" ", with: "_")
        guard let state = Mesos_V1_TaskState.allCases.first(where: { [word, "TASK_\(word)"].contains($0.name) }) else { return nil }
        self.state = state
    }

    static var allValueStrings: [String] { Mesos_V1_TaskState.allCases.map { $0.word.replacing(" ", with: "-") } }
}
