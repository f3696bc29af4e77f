import ArgumentParser
import MesosAPI
import MesosMessages

/// `agora maintenance status`
struct MaintenanceStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which machines are down, and what frameworks answered that are asked to leave others.",
        discussion: """
            EXAMPLE
              agora maintenance status
              agora maintenance status --output wide
              agora maintenance status --output json | jq .down_machines
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TableFormat>
    @OptionGroup var watching: WatchOptions

    func run() async throws {
        // Changes of schedules are no events.
        try await watching.list(output, from: master, isTold: false) { client in
            let frameworks = try await client.frameworks().frameworks.map(\.frameworkInfo)
            let names = Dictionary(frameworks.map { ($0.id.value, $0.name) }) { first, _ in first }
            return MaintenanceStatus(status: try await client.maintenanceStatus(), frameworks: names)
        } table: {
            $0.table
        }
    }
}

/// How it stands with maintenance.
struct MaintenanceStatus: Encodable, Sendable {
    let status: Mesos_V1_Maintenance_ClusterStatus
    /// Names by ids.
    let frameworks: [String: String]

    func encode(to encoder: any Encoder) throws {
        try DataValue(json: MesosJSON.encode(status)).encode(to: encoder)
    }

    var table: TextTable {
        var table = TextTable("MACHINE", "STATE", "ACCEPTED", "DECLINED", .wide("ANSWERS"))
        for machine in status.drainingMachines {
            table.add(
                machine.id.words,
                "draining",
                "\(machine.statuses.count { $0.status == .accept })",
                "\(machine.statuses.count { $0.status == .decline })",
                machine.statuses.map(words).joined(separator: ", ")
            )
        }
        for machine in status.downMachines { table.add(machine.words, "down", "-", "-", "-") }
        return table
    }

    /// "web accepts, 3m ago".
    private func words(_ answer: Mesos_V1_Allocator_InverseOfferStatus) -> String {
        let name = frameworks[answer.frameworkID.value] ?? answer.frameworkID.value
        let word =
            switch answer.status {
            case .accept: "accepts"
            case .decline: "declines"
            case .unknown: "has not answered"
            }
        return "\(name) \(word) (\(Age.text(since: answer.timestamp.seconds)) ago)"
    }
}
