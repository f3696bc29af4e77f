import ArgumentParser

/// `agora maintenance`
struct MaintenanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Plan when machines leave the cluster, take them down and let them in again.",
        discussion: """
            A machine gets a window in the schedule: frameworks see it in offers and are asked to leave. `start` takes the machine \
            down: everything on it is killed and its agent stops. `stop` lets it in again and takes it out of the schedule. To empty a \
            machine gently and at once: `agora drain`.

            EXAMPLE
              agora maintenance schedule --node node7 --start 2h --duration 30m
              agora maintenance status
              agora maintenance start node7
              agora maintenance stop node7
            """,
        subcommands: [
            MaintenanceScheduleCommand.self, MaintenanceStatusCommand.self, MaintenanceStartCommand.self, MaintenanceStopCommand.self,
        ]
    )
}
