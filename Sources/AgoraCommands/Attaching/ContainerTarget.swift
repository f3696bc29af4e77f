import ArgumentParser
import Cluster
import MesosMessages

/// A running container that a user names: a task of the master's, or one of an agent by its id.
struct ContainerTarget: Sendable {
    let agent: Endpoint
    let container: Mesos_V1_ContainerID
    /// Whether its program has a terminal; nothing: not known.
    let hasTerminal: Bool?
}

/// How a user names one.
struct TargetOptions: ParsableArguments {
    @OptionGroup var master: MasterOptions
    @Option(name: .shortAndLong, help: "Which container of the pod; otherwise the first.")
    var container: String?
    @Option(
        help: ArgumentHelp(
            "Take CONTAINER for the id of a container of this agent, as a.b for b in a, and ask no master.",
            valueName: "host:port"
        )
    )
    var agent: String?

    func find(_ name: String, _ connection: Connection) async throws -> ContainerTarget {
        if let agent { return try direct(name, agent) }
        let client = MasterClient(connection: connection, master: try master.endpoint)
        let entries = try await TaskCatalogue.read(from: client).find(name).filter(\.isActive)
        let chosen = container.map { wanted in entries.filter { $0.task.name == wanted } } ?? entries
        guard let entry = chosen.first else {
            if let container { throw TaskLookupError(name: container, cause: .noContainer(entries.map(\.task.name))) }
            throw TargetError(text: "\"\(name.clipped)\" does not run; `agora ps --all` says what became of it")
        }
        if chosen.count > 1 {
            await Terminal.note(
                "using container \(entry.task.name) of \(chosen.map(\.task.name).joined(separator: ", ")); choose one with --container"
            )
        }
        guard let info = entry.agent, let container = entry.container else {
            throw TargetError(text: "\"\(name.clipped)\" has no container yet, or its machine is gone")
        }
        return ContainerTarget(agent: Endpoint(of: info), container: container, hasTerminal: entry.task.container.hasTtyInfo)
    }

    private func direct(_ name: String, _ agent: String) throws -> ContainerTarget {
        guard let endpoint = Endpoint(parsing: agent, defaultPort: Endpoint.agentPort) else {
            throw ValidationError("--agent: \"\(agent.clipped)\" is no address; write HOST:PORT, as 127.0.0.1:5051")
        }
        guard container == nil else { throw ValidationError("--container: is for pods; with --agent the container's id says all") }
        guard let id = Mesos_V1_ContainerID(words: name) else { throw TargetError(text: "\"\(name.clipped)\" is no id of a container") }
        return ContainerTarget(agent: endpoint, container: id, hasTerminal: nil)
    }
}

/// A name that means no container.
struct TargetError: Error, CustomStringConvertible {
    let text: String

    var description: String { text }
}
