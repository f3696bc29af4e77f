import ArgumentParser
import Cluster
import MesosMessages

/// `agora why`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say why something waits, or why it died.",
        discussion: """
            Of a framework, also one of `agora run` that still waits: which machines do not suit, and what they lack. Of a task: its \
            state, the reason, what it had used when it ended, and the last lines that it wrote. A task that the master has forgotten is \
            asked for on all machines, by its id.

            EXAMPLE
              agora why web
              agora why --resources 'cpus:4;mem:2048' marathon
              agora why --watch web
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TextFormat>
    @OptionGroup var watching: WatchOptions
    @Option(help: "What the framework needs of one machine, as 'cpus:4;mem:512'; else what it told the master itself.")
    var resources: String?
    @Option(help: "How many of the last lines of each output are shown.")
    var lines = 10
    @Argument(help: "Id or name of a task, a pod or a framework.", completion: TaskName.completion)
    var name: String

    func validate() throws {
        guard (0...Self.mostLines).contains(lines) else { throw ValidationError("--lines must be between 0 and \(Self.mostLines).") }
        guard let resources else { return }
        do {
            _ = try Resources.parse(resources)
        } catch {
            throw ValidationError("--resources: \(error)")
        }
    }

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let client = MasterClient(connection: connection, master: endpoint)
                try await watching.show(output, changesOf: endpoint, on: connection) { [name, resources, lines] in
                    try await Self.find(name, resources, lines, client)
                } text: { causes, _ in
                    causes.map(\.text).joined(separator: "\n")
                }
            }
        }
    }

    /// A framework that waits, if there is one of this name; else tasks.
    private static func find(_ name: String, _ resources: String?, _ lines: Int, _ client: MasterClient) async throws -> [Cause] {
        let waiting = try await client.frameworks().frameworks.map(\.frameworkInfo).filter { $0.isMeant(by: name) }
        let catalogue = try await TaskCatalogue.read(from: client)
        // Whoever ran one pod waits for nothing once that has ended.
        let withTasks = Set(catalogue.entries.filter { $0.isActive || $0.framework.isOfAgoraRun }.map(\.task.frameworkID.value))
        let asked = waiting.filter { resources != nil || $0.id.value == name || !withTasks.contains($0.id.value) }
        guard asked.isEmpty else {
            var causes: [Cause] = []
            for framework in asked { causes.append(.waiting(try await client.waiting(framework.id.value, for: resources))) }
            return causes
        }
        do throws(TaskLookupError) {
            var causes: [Cause] = []
            for entry in try catalogue.find(name) { causes.append(.task(await TaskCause(entry, lines: lines, client.connection))) }
            return causes
        } catch {
            let forgotten = await ForgottenTasks(name: name, connection: client.connection).find(on: try await client.agents().agents)
            guard !forgotten.isEmpty else { throw error }
            return forgotten.map { .task(TaskCause($0.end, node: $0.node, lines: lines)) }
        }
    }

    private static let mostLines = 1000
}

/// Why something waits or died.
enum Cause: Encodable, Sendable {
    case waiting(WaitingAnswer)
    case task(TaskCause)

    /// For people.
    var text: String {
        switch self {
        case .waiting(let answer):
            answer.roles.map { role in
                let wanted = role.wanted.isEmpty ? "" : ", which wants \(role.wanted.joined(separator: " or "))"
                return "\(answer.name) (\(answer.frameworkID)) in role \(role.role)\(wanted): \(role.sentence)"
            }
            .joined(separator: "\n")
        case .task(let cause): cause.text
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .waiting(let answer): try answer.encode(to: encoder)
        case .task(let cause): try cause.encode(to: encoder)
        }
    }
}
