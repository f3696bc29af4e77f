import ArgumentParser
import Foundation
import MesosMessages

/// `agora ps`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "List tasks.",
        discussion: """
            EXAMPLE
              agora ps
              agora ps --all --output json
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions
    @Flag(name: .shortAndLong, help: "Also those that have ended.")
    var all = false

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            let catalogue = try await Connection.with { connection in
                try await TaskCatalogue.read(from: MasterClient(connection: connection, master: endpoint))
            }
            let entries = catalogue.entries.filter { all || $0.isActive }
            switch output.output {
            case .table: await Terminal.print(Self.table(entries).text(isColourful: Terminal.isColourful(.output)))
            case .json: await Terminal.print(try OutputOptions.json(entries.map(TaskRow.init)))
            }
        }
    }

    private static func table(_ entries: [TaskCatalogue.Entry]) -> TextTable {
        var table = TextTable("TASK", "STATE", "NAME", "NODE", "SINCE", "FRAMEWORK")
        for row in entries.map(TaskRow.init) {
            table.add(row.task, row.stateWord, row.name, row.node ?? "-", row.age(at: Date.now), row.framework)
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
        let last = entry.task.statuses.last
        healthy = entry.task.state == .taskRunning && last?.hasHealthy == true ? last?.healthy : nil
        name = entry.isInGroup ? "\(entry.podName ?? entry.executorID)/\(entry.task.name)" : entry.task.name
        node = entry.agent?.hostname
        agentID = entry.task.agentID.value
        since = entry.since
        framework = entry.framework.name.isEmpty ? entry.task.frameworkID.value : entry.framework.name
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
    var stateWord: String {
        let word = state.hasPrefix("TASK_") ? state.dropFirst(5).lowercased().replacing("_", with: " ") : state
        guard let healthy else { return word }
        return "\(word) (\(healthy ? "healthy" : "unhealthy"))"
    }

    /// How long ago, in one unit: "42s", "3m", "5h", "9d".
    func age(at now: Date) -> String {
        guard let since else { return "-" }
        return Age.text(seconds: now.timeIntervalSince1970 - since)
    }
}
