import ArgumentParser
import Foundation

/// `agora files ls`
struct FilesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List a folder of a task's sandbox.",
        discussion: """
            EXAMPLE
              agora files ls web
              agora files ls web logs/today
              agora files ls hello --container web --output json
            """
    )

    @OptionGroup var target: SandboxTarget
    @OptionGroup var output: OutputOptions<TableFormat>
    @Argument(help: TaskName.help, completion: TaskName.completion)
    var task: String
    @Argument(help: "A folder or a file in the sandbox; otherwise the sandbox itself.")
    var path = ""

    func run() async throws {
        try await ExitStatus.reporting {
            let entries = try await Connection.with { connection in
                try await target.find(task, connection).entries(of: path)
            }
            try await output.print(entries, table: Self.table(entries, at: Date.now))
        }
    }

    private static func table(_ entries: [SandboxEntry], at now: Date) -> TextTable {
        var table = TextTable("MODE", "SIZE", "CHANGED", "NAME")
        for entry in entries {
            table.add(
                entry.mode,
                entry.kind == .file ? ByteText.text(entry.size) : "-",
                Age.text(seconds: now.timeIntervalSince1970 - entry.changed),
                entry.kind == .folder ? "\(entry.name)/" : entry.name
            )
        }
        return table
    }
}
