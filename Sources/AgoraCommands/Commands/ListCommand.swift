import ArgumentParser
import Foundation
import MesosMessages

/// `agora ps`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "List tasks, by the names of their pods.",
        discussion: """
            `agora tasks` lists the same tasks with what they hold of their machines, and finds those of a framework, a machine or a \
            state.

            EXAMPLE
              agora ps
              agora ps --all --output json
              agora ps --watch
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TableFormat>
    @OptionGroup var watching: WatchOptions
    @Flag(name: .shortAndLong, help: "Also those that have ended.")
    var all = false

    func run() async throws {
        try await watching.list(output, from: master) { [all] client in
            try await TaskCatalogue.read(from: client).entries.filter { all || $0.isActive }.map(TaskRow.init)
        } table: {
            Self.table($0)
        }
    }

    private static func table(_ rows: [TaskRow]) -> TextTable {
        var table = TextTable(
            .id("TASK"),
            "STATE",
            "NAME",
            "NODE",
            "SINCE",
            "FRAMEWORK",
            .id("EXECUTOR", isWide: true),
            .id("FRAMEWORK ID", isWide: true),
            .id("AGENT", isWide: true)
        )
        for row in rows {
            table.add(
                row.task,
                row.stateWord,
                row.name,
                row.node ?? "-",
                Age.text(since: row.since),
                row.framework,
                row.executorID,
                row.frameworkID,
                row.agentID
            )
        }
        return table
    }
}

/// A task as `agora ps` shows it.
struct TaskRow: Encodable {
    let task: String
    let state: String
    /// What its health check found last, while it runs; nothing if it has none.
    let healthy: Bool?
    /// The pod's and the container's name, or the task's.
    let name: String
    let node: String?
    let agentID: String
    /// Seconds since 1970.
    let since: Double?
    let framework: String
    let frameworkID: String
    let executorID: String

    init(_ entry: TaskCatalogue.Entry) {
        task = entry.id
        state = entry.task.state.name
        healthy = entry.healthy
        name = entry.fullName
        node = entry.agent?.hostname
        agentID = entry.task.agentID.value
        since = entry.since
        framework = entry.frameworkName
        frameworkID = entry.task.frameworkID.value
        executorID = entry.executorID
    }

    private enum CodingKeys: String, CodingKey {
        case task, state, healthy, name, node, since, framework
        case agentID = "agent_id"
        case frameworkID = "framework_id"
        case executorID = "executor_id"
    }

    /// "running" or "running (unhealthy)", for people.
    var stateWord: String { StateWord.text(state, healthy: healthy) }
}

/// The state of a task for people.
enum StateWord {
    /// - Parameter state: as "TASK_RUNNING".
    static func text(_ state: String, healthy: Bool?) -> String {
        let word = state.hasPrefix("TASK_") ? state.dropFirst(5).lowercased().replacing("_", with: " ") : state
        return healthy.map { "\(word) (\($0 ? "healthy" : "unhealthy"))" } ?? word
    }
}
