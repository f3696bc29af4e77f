import ArgumentParser

/// `agora files`
struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files",
        abstract: "Browse and fetch what a task has in its sandbox.",
        discussion: """
            The sandbox is the folder in which a task starts, with its output in stdout and stderr. It can be seen while the task \
            runs, and after its end as long as its agent keeps it.

            EXAMPLE
              agora files ls web
              agora files cat web stderr
              agora files get web logs
            """,
        subcommands: [FilesListCommand.self, FilesShowCommand.self, FilesGetCommand.self]
    )
}
