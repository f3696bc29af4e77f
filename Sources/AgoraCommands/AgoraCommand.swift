public import ArgumentParser

/// The command `agora` with all its subcommands.
public struct AgoraCommand: AsyncParsableCommand {
    /// Name, help and subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "agora",
        abstract: "Makes a set of Linux machines look like one.",
        discussion: """
            A master offers the machines' resources to frameworks; agents run what those launch, in containers that nest.

            Start here:
              agora local                                   master and agent in one process
              agora run -- sh -c 'echo hello from $$'       in a container beside it
              agora run pod.yaml                            a Kubernetes Pod manifest
            """,
        version: "agora \(AgoraVersion.current)",
        groupedSubcommands: [
            CommandGroup(name: "Clusters", subcommands: [LocalCommand.self, MasterCommand.self, AgentCommand.self]),
            CommandGroup(
                name: "Machines",
                subcommands: [NodesCommand.self, TopCommand.self, DrainCommand.self, UndrainCommand.self, MaintenanceCommand.self]
            ),
            CommandGroup(
                name: "Pods and tasks",
                subcommands: [
                    RunCommand.self, ListCommand.self, TasksCommand.self, LogsCommand.self, FilesCommand.self, WhyCommand.self,
                    ExecCommand.self, AttachCommand.self, DebugCommand.self, KillCommand.self,
                ]
            ),
            CommandGroup(name: "Frameworks", subcommands: [FrameworksCommand.self, TeardownCommand.self]),
            CommandGroup(name: "All of it", subcommands: [InspectCommand.self, EventsCommand.self, MetricsCommand.self]),
            CommandGroup(name: "Images", subcommands: [ImagesCommand.self, PullCommand.self, RemoveImagesCommand.self]),
            CommandGroup(name: "Other", subcommands: [SimulateCommand.self, VersionCommand.self, ManualCommand.self]),
        ]
    )

    /// Made by ArgumentParser.
    public init() {}
}
