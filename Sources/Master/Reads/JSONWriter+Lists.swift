import MesosAPI
import MesosMessages

extension Mesos_V1_Master_Response {
    /// Whether the answer has lists that Mesos writes even when they are empty.
    var hasLists: Bool {
        hasGetState || hasGetAgents || hasGetFrameworks || hasGetExecutors || hasGetTasks
    }
}

extension JSONWriter {
    /// The lists of an answer. Mesos writes these itself, not by its usual mapping, which leaves empty lists out.
    mutating func lists(of response: Mesos_V1_Master_Response) {
        if response.hasGetState {
            object("get_state") { writer in
                writer.agents(response.getState.getAgents)
                writer.executors(response.getState.getExecutors)
                writer.frameworks(response.getState.getFrameworks)
                writer.tasks(response.getState.getTasks)
            }
        }
        if response.hasGetAgents { agents(response.getAgents) }
        if response.hasGetExecutors { executors(response.getExecutors) }
        if response.hasGetFrameworks { frameworks(response.getFrameworks) }
        if response.hasGetTasks { tasks(response.getTasks) }
    }

    private mutating func agents(_ answer: Mesos_V1_Master_Response.GetAgents) {
        object("get_agents") { writer in
            writer.array("agents", answer.agents) { $0.element(json: MesosJSON.encode($1)) }
            writer.array("recovered_agents", answer.recoveredAgents) { $0.element(json: MesosJSON.encode($1)) }
        }
    }

    private mutating func executors(_ answer: Mesos_V1_Master_Response.GetExecutors) {
        object("get_executors") { writer in
            writer.array("executors", answer.executors) { $0.element(json: MesosJSON.encode($1)) }
        }
    }

    private mutating func frameworks(_ answer: Mesos_V1_Master_Response.GetFrameworks) {
        object("get_frameworks") { writer in
            writer.array("frameworks", answer.frameworks) { $0.element(json: MesosJSON.encode($1)) }
            writer.array("completed_frameworks", answer.completedFrameworks) { $0.element(json: MesosJSON.encode($1)) }
        }
    }

    private mutating func tasks(_ answer: Mesos_V1_Master_Response.GetTasks) {
        object("get_tasks") { writer in
            writer.array("tasks", answer.tasks) { $0.element(json: MesosJSON.encode($1)) }
            writer.array("unreachable_tasks", answer.unreachableTasks) { $0.element(json: MesosJSON.encode($1)) }
            writer.array("completed_tasks", answer.completedTasks) { $0.element(json: MesosJSON.encode($1)) }
        }
    }
}
