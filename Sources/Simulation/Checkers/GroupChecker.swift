import AgentCore
import Cluster
import HashTreeCollections
import MesosMessages

/// A group is launched as a whole or not at all, in memory and on disk.
struct GroupChecker: Sendable {
    /// How many tasks agents began.
    private(set) var tasks = 0
    /// The groups that were launched, by the first task's name.
    private var groups: [[TaskID]] = []
    private var groupOf: [TaskName: Int] = [:]

    /// After an agent took in a launch: each task of the group has a container, or none has.
    mutating func check(_ agent: Int, _ input: AgentInput, _ core: AgentCore) -> [String] {
        guard case .event(_, let event) = input, event.type == .launch else { return [] }
        let framework = FrameworkID(event.launch.framework.id.value)
        let ids = event.launch.tasks.map { TaskID($0.taskID.value) }
        let records = ids.map { core.tasks[TaskKey(framework: framework, task: $0)] }
        tasks += records.count { $0?.stored.executor != nil }
        guard event.launch.isGroup else { return [] }
        for id in ids { groupOf[TaskName(framework: framework, task: id)] = groups.count }
        groups.append(ids)
        let begun = records.count { $0?.stored.executor != nil }
        guard begun != 0, begun != ids.count else { return [] }
        return ["agent-\(agent) launched \(begun) of the \(ids.count) tasks of the group with \(ids[0])"]
    }

    /// After a sync: a group that is new on disk is there as a whole.
    func check(_ agent: Int, _ changes: [StorageChange], _ disk: StoredAgent) -> [String] {
        var looked: Set<Int> = []
        var problems: [String] = []
        for case .putTask(let task) in changes where task.updates.isEmpty && task.kill == nil {
            let name = TaskName(framework: task.key.framework, task: task.key.task)
            guard let group = groupOf[name], looked.insert(group).inserted else { continue }
            let there = Set(disk.tasks.filter { $0.key.framework == name.framework }.map(\.key.task))
            let gone = Set(changes.compactMap { if case .deleteTask(let key) = $0 { key.task } else { nil } })
            guard let missing = groups[group].first(where: { !there.contains($0) && !gone.contains($0) }) else { continue }
            problems.append("agent-\(agent) stored \(task.key.task) without \(missing) of its group")
        }
        return problems
    }
}
