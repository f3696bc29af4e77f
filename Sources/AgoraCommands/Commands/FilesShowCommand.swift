import ArgumentParser

/// `agora files cat`
struct FilesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Write a file of a task's sandbox to standard output.",
        discussion: """
            The file is written as it is now, byte for byte; `agora logs -f` follows what is written to an output.

            EXAMPLE
              agora files cat web stderr
              agora files cat web logs/requests.gz | zcat | tail
            """
    )

    @OptionGroup var target: SandboxTarget
    @Argument(help: TaskName.help, completion: TaskName.completion)
    var task: String
    @Argument(help: "A file in the sandbox.")
    var path: String

    func run() async throws {
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                try await target.find(task, connection).show(path)
            }
        }
    }
}

extension SandboxSource {
    /// Writes a file to standard output, as long as somebody reads that.
    func show(_ path: String) async throws {
        try await download(path) { bytes in await Terminal.write(bytes, to: .output) }
    }
}
