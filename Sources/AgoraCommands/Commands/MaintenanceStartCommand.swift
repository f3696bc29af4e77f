import ArgumentParser
import MesosMessages

/// `agora maintenance start`
struct MaintenanceStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Take machines of the schedule down: all tasks are killed, their agents stop and are not let in.",
        discussion: """
            EXAMPLE
              agora maintenance schedule --node node7 --duration 1h
              agora maintenance start node7
            """
    )

    @OptionGroup var master: MasterOptions
    @Argument(help: "Machines, by name, address or agent's id; see `agora maintenance schedule`.", completion: LiveNames.machines)
    var nodes: [String]

    func run() async throws {
        try await MaintenanceChange.run(nodes, at: try master.endpoint, operation: "take down") { call, machines in
            call.type = .startMaintenance
            call.startMaintenance.machines = machines
        }
    }
}
