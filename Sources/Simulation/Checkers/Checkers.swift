import AgentCore
import Cluster
import MasterCore
import MesosAPI
import MesosMessages

/// All that is promised, looked after: each checker in a file of its own. The first broken promise ends the simulation.
struct Checkers: Sendable {
    private(set) var violations: [String] = []
    /// Whether the master heard of anything but signs of life in this batch.
    private var changed = false
    var resources = ResourceChecker()
    var offers = OfferChecker()
    var updates = UpdateChecker()
    var finality = FinalityChecker()
    var groups = GroupChecker()
    var rest = RestChecker()
    var emptiness = EmptinessChecker()

    var isBroken: Bool { !violations.isEmpty }

    mutating func fail(_ problem: String) {
        violations.append(problem)
    }

    private mutating func fail(_ problems: [String]) {
        violations += problems
    }

    mutating func masterStarted() {
        offers.forgetAll()
    }

    /// Before the master's core takes an input in.
    mutating func masterHears(_ input: MasterInput, core: MasterCore) {
        if case .agentCall(let call, _, _) = input, call.type == .heartbeat { return }
        changed = true
        offers.masterHears(input, core: core)
    }

    /// After a batch of the master, before anybody hears of it.
    mutating func masterWorked(_ core: MasterCore, _ effects: [MasterEffect], at clock: Timestamp) {
        if changed || !effects.allSatisfy(Self.isSignOfLife) { fail(resources.check(core)) }
        changed = false
        fail(offers.check(core, effects, at: clock))
        fail(updates.masterWorked(core, effects))
    }

    /// Whether an effect says only that somebody lives or was heard: then nothing was given and nothing taken.
    private static func isSignOfLife(_ effect: MasterEffect) -> Bool {
        switch effect {
        case .sendToScheduler(_, .heartbeat), .sendToAgent(_, .heartbeat), .answer: true
        case .sendToAgent, .sendToScheduler, .closeStream, .persist, .abort, .log, .greetOperators, .tellOperators, .closeOperatorStream:
            false
        }
    }

    mutating func agentHeard(_ agent: Int, _ input: AgentInput, core: AgentCore) {
        updates.agentHeard(agent, input)
        fail(groups.check(agent, input, core))
    }

    /// After the changes of a batch are synced.
    mutating func agentStored(_ agent: Int, _ changes: [StorageChange], _ disk: StoredAgent) {
        updates.stored(changes, on: agent)
        fail(groups.check(agent, changes, disk))
    }

    mutating func frameworkCalls(_ framework: Int, _ call: Mesos_V1_Scheduler_Call) {
        updates.frameworkCalls(call)
    }

    mutating func frameworkHeard(_ framework: Int, _ event: Mesos_V1_Scheduler_Event, script: ScriptedFramework) {
        guard event.type == .update, let id = script.stored.id else { return }
        let name = TaskName(framework: id, task: TaskID(event.update.status.taskID.value))
        fail(updates.delivered(name, event.update.status))
        fail(finality.delivered(name, event.update.status))
    }
}

/// A task within the whole cluster.
struct TaskName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let framework: FrameworkID
    let task: TaskID

    var description: String { "\(task) of \(framework)" }

    static func < (left: TaskName, right: TaskName) -> Bool { (left.framework, left.task) < (right.framework, right.task) }
}
