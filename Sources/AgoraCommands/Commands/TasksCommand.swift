import ArgumentParser
import MesosAPI
import MesosMessages

/// `agora tasks`
struct TasksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "List the tasks of all frameworks with what they hold, or some of them.",
        discussion: """
            `agora ps` lists the same tasks shortly, by the names of their pods. Here a task is shown with its age, which counts from \
            its launch, and with what it holds of its machine.

            EXAMPLE
              agora tasks
              agora tasks --node box-1 --framework marathon
              agora tasks --state failed --state lost --output wide
              agora tasks --all --output json | jq length
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TableFormat>
    @OptionGroup var watching: WatchOptions
    @OptionGroup var filter: TaskFilter

    func run() async throws {
        try await watching.list(output, from: master) { [wanted = filter.wanted] client in
            try wanted.choose(from: try await client.state()).map(TaskDetail.init)
        } table: {
            Self.table($0)
        }
    }

    private static func table(_ rows: [TaskDetail]) -> TextTable {
        var table = TextTable(
            .id("TASK"),
            "STATE",
            "NODE",
            "FRAMEWORK",
            "AGE",
            "CPUS",
            "MEM (MiB)",
            .wide("DISK (MiB)"),
            .wide("GPUS"),
            .wide("PORTS"),
            .wide("NAME"),
            .wide("ROLE"),
            .wide("REASON"),
            .wide("CONTAINER"),
            .wide("EXECUTOR"),
            .wide("FRAMEWORK ID"),
            .wide("AGENT")
        )
        for row in rows {
            table.add(
                row.task,
                StateWord.text(row.state, healthy: row.healthy),
                row.node ?? "-",
                row.framework,
                Age.text(since: row.started),
                ResourceAmounts.text(row.resources["cpus"]),
                ResourceAmounts.text(row.resources["mem"]),
                ResourceAmounts.text(row.resources["disk"]),
                ResourceAmounts.text(row.resources["gpus"]),
                row.ports,
                row.name,
                row.role,
                row.reason ?? "-",
                row.container ?? "-",
                row.executorID,
                row.frameworkID,
                row.agentID
            )
        }
        return table
    }
}

/// A task as `agora tasks` shows it.
struct TaskDetail: Encodable, Sendable {
    let task: String
    let name: String
    let state: String
    let healthy: Bool?
    /// Why it is in its state, as "REASON_AGENT_DRAINING".
    let reason: String?
    let node: String?
    let agentID: String
    let framework: String
    let frameworkID: String
    let executorID: String
    /// With its parents before it, as "a.b".
    let container: String?
    let role: String
    /// By resource: processors, or mebibytes.
    let resources: [String: Double]
    let ports: String
    /// Seconds since 1970: since when it is known, and since when it is in its state.
    let started: Double?
    let since: Double?

    init(_ entry: TaskCatalogue.Entry) {
        let status = entry.task.statuses.last { $0.state == entry.task.state }
        task = entry.id
        name = entry.task.name
        state = entry.task.state.name
        healthy = entry.healthy
        reason = status.flatMap { $0.hasReason ? $0.reason.name : nil }
        node = entry.agent?.hostname
        agentID = entry.task.agentID.value
        framework = entry.frameworkName
        frameworkID = entry.task.frameworkID.value
        executorID = entry.executorID
        container = entry.container?.words
        role = entry.task.resources.first { $0.hasAllocationInfo }?.allocationInfo.role ?? entry.framework.roles.first ?? "*"
        resources = ResourceAmounts.scalars(entry.task.resources)
        ports = ResourceAmounts.ports(entry.task.resources)
        started = entry.started
        since = entry.since
    }

    private enum CodingKeys: String, CodingKey {
        case task, name, state, healthy, reason, node, framework, container, role, resources, ports, started, since
        case agentID = "agent_id"
        case frameworkID = "framework_id"
        case executorID = "executor_id"
    }
}
