import ArgumentParser

/// `agora kill`
struct KillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "End tasks and wait until they have ended.",
        discussion: """
            A task gets SIGTERM, and SIGKILL after its grace period. To kill one container of a pod is to kill the pod: its \
            containers live and die together. A detached pod that is over is taken off the master's list.

            EXAMPLE
              agora kill web-x7k2p
              agora kill web --grace 10s
            """
    )

    @OptionGroup var master: MasterOptions
    @Option(help: ArgumentHelp("Time between SIGTERM and SIGKILL instead of the task's own.", valueName: "duration"))
    var grace: DurationArgument?
    @Argument(help: "Ids of tasks, or names of pods; see `agora ps`.", completion: TaskName.activeCompletion)
    var tasks: [String]

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let client = MasterClient(connection: connection, master: endpoint)
                let killer = TaskKiller(
                    connection: connection,
                    master: endpoint,
                    grace: grace?.duration,
                    note: { await Terminal.note($0) }
                )
                for name in tasks {
                    let catalogue = try await TaskCatalogue.read(from: client)
                    let targets = try catalogue.find(name)
                    try await killer.kill(targets, of: catalogue)
                    await Terminal.print(name)
                }
            }
        }
    }
}
