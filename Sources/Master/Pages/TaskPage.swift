import Cluster
import HTTPService
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// The older `/tasks`: a page of the tasks that run, are unreachable or have ended, by the moment of their first status.
///
/// As in Mesos, what is asked for wrongly is asked for not at all: a limit that is no number is the usual one.
struct TaskPage {
    private let limit: Int
    private let offset: Int
    private let isAscending: Bool
    private let framework: FrameworkID?
    private let task: TaskID?

    init(_ query: HTTPQuery) {
        limit = Self.count(query["limit"]) ?? Self.usualLimit
        offset = Self.count(query["offset"]) ?? 0
        isAscending = query["order"] == "asc"
        framework = query["framework_id"].map { FrameworkID($0) }
        task = query["task_id"].map { TaskID($0) }
    }

    private static func count(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    private static let usualLimit = 100

    func encode(_ state: ClusterState) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.array("tasks", tasks(of: state)) { $0.task($1) }
        }
        return writer.bytes
    }

    private func tasks(of state: ClusterState) -> ArraySlice<TaskEntry> {
        var tasks: [(moment: Double, task: TaskEntry)] = []
        func add(_ entries: some Sequence<TaskEntry>) {
            for entry in entries where task == nil || entry.description.taskID.value == task?.value {
                // One without a status has just been launched.
                tasks.append((entry.statuses.first?.timestamp ?? .infinity, entry))
            }
        }
        for entry in Array(state.frameworks.values) + Array(state.completedFrameworks.all) where framework == nil || entry.id == framework {
            add(entry.tasks.values)
            add(entry.unreachable.all.lazy.map(\.element))
            add(entry.completed.all)
        }
        tasks.sort { ($0.moment, $0.task.description.taskID.value) < ($1.moment, $1.task.description.taskID.value) }
        if !isAscending { tasks.reverse() }
        return tasks.map(\.task).dropFirst(offset).prefix(limit)
    }
}
