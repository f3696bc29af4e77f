import ArgumentParser
import MesosAPI
import MesosMessages

/// `agora frameworks`
struct FrameworksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frameworks",
        abstract: "List frameworks, and what they hold.",
        discussion: """
            A framework is active while its scheduler is connected and takes offers. `agora run` is one for each pod. What a framework \
            waits for tells `agora why`, all that is known of it `agora inspect`; `agora teardown` ends it.

            EXAMPLE
              agora frameworks
              agora frameworks --all --output wide
              agora frameworks --output json | jq -r '.[] | select(.tasks == 0) | .framework_id'
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TableFormat>
    @OptionGroup var watching: WatchOptions
    @Flag(name: .shortAndLong, help: "Also those that have ended.")
    var all = false

    func run() async throws {
        try await watching.list(output, from: master) { [all] client in
            FrameworkRow.rows(try await client.state()).filter { all || !$0.hasEnded }
        } table: {
            Self.table($0)
        }
    }

    private static func table(_ rows: [FrameworkRow]) -> TextTable {
        var table = TextTable(
            .id("FRAMEWORK"),
            "NAME",
            "STATE",
            "ROLES",
            "TASKS",
            "CPUS",
            "MEM (MiB)",
            "SINCE",
            .wide("DISK (MiB)"),
            .wide("GPUS"),
            .wide("OFFERS"),
            .wide("USER"),
            .wide("PRINCIPAL"),
            .wide("HOST"),
            .wide("FAILOVER"),
            .wide("CAPABILITIES"),
            .wide("PAGE")
        )
        for row in rows {
            table.add(
                row.frameworkID,
                row.name,
                row.state.rawValue,
                row.roles.joined(separator: " "),
                "\(row.tasks)",
                ResourceAmounts.text(row.used["cpus"]),
                ResourceAmounts.text(row.used["mem"]),
                Age.text(since: row.ended ?? row.registered),
                ResourceAmounts.text(row.used["disk"]),
                ResourceAmounts.text(row.used["gpus"]),
                "\(row.offers)",
                row.user,
                row.principal,
                row.host,
                Age.text(seconds: row.failoverTimeout),
                row.capabilities.joined(separator: " "),
                row.page
            )
        }
        return table
    }
}

/// A framework as `agora frameworks` shows it.
struct FrameworkRow: Encodable, Sendable {
    enum State: String, Encodable {
        case active
        /// Its scheduler is connected and takes no offers.
        case inactive
        /// Its scheduler is away, and may come back.
        case disconnected
        /// Known from its agents after a start of the master; its scheduler has not come yet.
        case recovered
        case ended
    }

    let frameworkID: String
    let name: String
    let state: State
    let roles: [String]
    /// How many of its tasks have not ended.
    let tasks: Int
    /// By resource: processors, or mebibytes.
    let used: [String: Double]
    let offered: [String: Double]
    let offers: Int
    let user: String
    let principal: String
    let host: String
    /// Seconds that its tasks run on without it.
    let failoverTimeout: Double
    let capabilities: [String]
    let page: String
    /// Seconds since 1970.
    let registered: Double?
    let ended: Double?

    var hasEnded: Bool { state == .ended }

    private typealias Framework = Mesos_V1_Master_Response.GetFrameworks.Framework

    private init(_ framework: Framework, tasks: Int, hasEnded: Bool) {
        let info = framework.frameworkInfo
        frameworkID = info.id.value
        name = info.name
        state =
            switch (hasEnded, framework.connected, framework.active) {
            case (true, _, _): .ended
            case (_, true, let isActive): isActive ? .active : .inactive
            case (_, false, _): framework.recovered ? .recovered : .disconnected
            }
        roles = info.roles.isEmpty ? [info.role] : info.roles.sorted()
        self.tasks = tasks
        used = ResourceAmounts.scalars(framework.allocatedResources)
        offered = ResourceAmounts.scalars(framework.offeredResources)
        offers = framework.offers.count
        user = info.user
        principal = info.principal
        host = info.hostname
        failoverTimeout = info.failoverTimeout
        capabilities = info.capabilities.map(\.type.name)
        page = info.webuiURL
        registered = framework.hasRegisteredTime ? framework.registeredTime.seconds : nil
        ended = framework.hasUnregisteredTime && hasEnded ? framework.unregisteredTime.seconds : nil
    }

    /// Those of a master, by their names; those that have ended last.
    static func rows(_ state: Mesos_V1_Master_Response.GetState) -> [FrameworkRow] {
        var tasks: [String: Int] = [:]
        for task in state.getTasks.tasks + state.getTasks.unreachableTasks where !task.state.isTerminal {
            tasks[task.frameworkID.value, default: 0] += 1
        }
        func rows(_ frameworks: [Framework], hasEnded: Bool) -> [FrameworkRow] {
            frameworks.map { FrameworkRow($0, tasks: tasks[$0.frameworkInfo.id.value] ?? 0, hasEnded: hasEnded) }
                .sorted { ($0.name, $0.frameworkID) < ($1.name, $1.frameworkID) }
        }
        return rows(state.getFrameworks.frameworks, hasEnded: false) + rows(state.getFrameworks.completedFrameworks, hasEnded: true)
    }

    private enum CodingKeys: String, CodingKey {
        case name, state, roles, tasks, used, offered, offers, user, principal, host, capabilities, page, registered, ended
        case frameworkID = "framework_id"
        case failoverTimeout = "failover_timeout"
    }
}
