import ArgumentParser
import MesosMessages

/// How a user says whose sandbox is meant.
struct SandboxTarget: ParsableArguments {
    @OptionGroup var master: MasterOptions
    @Option(name: .shortAndLong, help: "Which container of the pod; otherwise the first.")
    var container: String?

    /// Finds the sandbox of a task that runs or has ended.
    func find(_ name: String, _ connection: Connection) async throws -> SandboxSource {
        let client = MasterClient(connection: connection, master: try master.endpoint)
        let entries = try await TaskCatalogue.read(from: client).find(name)
        let chosen = container.map { wanted in entries.filter { $0.task.name == wanted } } ?? entries
        guard let entry = chosen.first else {
            throw TaskLookupError(name: container ?? name, cause: .noContainer(entries.map(\.task.name)))
        }
        if chosen.count > 1 {
            await Terminal.note(
                "using container \(entry.task.name) of \(chosen.map(\.task.name).joined(separator: ", ")); choose one with --container"
            )
        }
        guard let sandbox = entry.sandbox else {
            throw SandboxError("\(entry.id) has no sandbox: \(entry.agent == nil ? "its machine is gone" : "it never started")")
        }
        return SandboxSource(
            client: AgentClient(connection: connection, agent: sandbox.agent),
            directory: sandbox.directory,
            taskID: entry.id
        )
    }
}
