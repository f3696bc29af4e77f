import ArgumentParser
import Cluster
import MesosMessages

/// `agora logs`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what a task wrote.",
        discussion: """
            Standard output goes to standard output, standard error to standard error. With several containers each line \
            begins with the container's name.

            EXAMPLE
              agora logs web-x7k2p
              agora logs -f hello --container web
              agora logs --tail 20 --since 10m web
            """
    )

    @OptionGroup var master: MasterOptions
    @Flag(name: .shortAndLong, help: "Go on showing what is written, until the task ends or Ctrl-C.")
    var follow = false
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Only the last lines of each output.", valueName: "lines"))
    var tail: Int?
    @Option(help: ArgumentHelp("Only what was written since: 10m for so long ago, or 2026-03-01T12:00:00Z.", valueName: "duration|time"))
    var since: MomentArgument?
    @Flag(help: "Only standard output.")
    var stdout = false
    @Flag(help: "Only standard error.")
    var stderr = false
    @Option(help: "Only this container of the pod.")
    var container: String?
    @Argument(help: TaskName.help, completion: TaskName.completion)
    var task: String

    func validate() throws {
        guard (tail ?? 0) >= 0 else { throw ValidationError("--tail must be a number of lines from 0.") }
    }

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let client = MasterClient(connection: connection, master: endpoint)
                let catalogue = try await TaskCatalogue.read(from: client)
                let entries = try chosen(try catalogue.find(task))
                try await show(entries, connection, client)
            }
        }
    }

    private func chosen(_ entries: [TaskCatalogue.Entry]) throws -> [TaskCatalogue.Entry] {
        guard let container else { return entries }
        let found = entries.filter { $0.task.name == container }
        guard found.isEmpty else { return found }
        throw TaskLookupError(name: container, cause: .noContainer(entries.map(\.task.name)))
    }

    private func show(_ entries: [TaskCatalogue.Entry], _ connection: Connection, _ client: MasterClient) async throws {
        let files: [OutputStreams.File] = stdout == stderr ? [.stdout, .stderr] : stdout ? [.stdout] : [.stderr]
        let outputs = OutputStreams(names: entries.map(\.task.name))
        try await withThrowingTaskGroup { group in
            for entry in entries {
                guard let sandbox = entry.sandbox else {
                    await Terminal.note("\(entry.id): nothing to show: \(entry.agent == nil ? "its machine is gone" : "it never started")")
                    continue
                }
                let ending = OutputFollower.Ending()
                let output = TaskOutput(
                    sandbox: sandbox,
                    connection: connection,
                    outputs: outputs,
                    ending: ending,
                    part: OutputPart(since: since, lines: tail)
                ) {
                    await Terminal.note($0)
                }
                guard follow, entry.isActive else {
                    ending.come()
                    for file in files { group.addTask { if await !output.readKept(file) { throw ExitStatus.failure } } }
                    continue
                }
                group.addTask { try await wait(for: entry, client, ending) }
                group.addTask { if await !output.show(files) { throw ExitStatus.failure } }
            }
            try await group.waitForAll()
        }
        for entry in entries {
            for file in files { await outputs.finish(file, task: TaskID(entry.id)) }
        }
    }

    /// Asks the master now and then whether the task has ended.
    private func wait(for entry: TaskCatalogue.Entry, _ client: MasterClient, _ ending: OutputFollower.Ending) async throws {
        defer { ending.come() }
        while true {
            try await Task.sleep(for: .seconds(1))
            let isActive = try await client.tasks().tasks.contains {
                $0.taskID == entry.task.taskID && $0.frameworkID == entry.task.frameworkID && !$0.state.isTerminal
            }
            if !isActive { return }
        }
    }
}
