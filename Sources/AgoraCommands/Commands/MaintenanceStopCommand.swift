import ArgumentParser
import MesosMessages

/// `agora maintenance stop`
struct MaintenanceStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Let machines in again that are down, and take them out of the schedule. Then start their agents.",
        discussion: """
            EXAMPLE
              agora maintenance stop node7
            """
    )

    @OptionGroup var master: MasterOptions
    @Argument(help: "Machines, by name or address; see `agora maintenance status`.", completion: LiveNames.machines)
    var nodes: [String]

    func run() async throws {
        try await MaintenanceChange.run(nodes, at: try master.endpoint, operation: "let in") { call, machines in
            call.type = .stopMaintenance
            call.stopMaintenance.machines = machines
        }
    }
}
