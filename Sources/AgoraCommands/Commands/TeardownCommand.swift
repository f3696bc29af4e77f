import ArgumentParser
import MesosMessages

/// `agora teardown`
struct TeardownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teardown",
        abstract: "End frameworks with all that they run.",
        discussion: """
            Their tasks are killed, their schedulers are disconnected and may not come back under the same id.

            EXAMPLE
              agora teardown 0f9c8a52-0000
            """
    )

    @OptionGroup var master: MasterOptions
    @Argument(
        help: "Ids of frameworks, or names that only one has; see `agora frameworks`.",
        completion: LiveNames.frameworks
    )
    var frameworks: [String]

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let known = try await MasterClient(connection: connection, master: endpoint).frameworks().frameworks.map(\.frameworkInfo)
                let operators = OperatorClient(connection: connection, master: endpoint)
                for id in try frameworks.map({ try Self.find($0, among: known) }) {
                    try await operators.tearDown(id)
                    await Terminal.print(id)
                }
            }
        }
    }

    static func find(_ name: String, among known: [Mesos_V1_FrameworkInfo]) throws(NoFramework) -> String {
        if known.contains(where: { $0.id.value == name }) { return name }
        let meant = known.filter { $0.name == name }.map(\.id.value).sorted()
        guard let id = meant.first, meant.count == 1 else {
            throw NoFramework(name: name, meant: meant, nearest: Nearest.names(to: name, among: known.map(\.name)))
        }
        return id
    }

    /// A name that no framework has, or several.
    struct NoFramework: Error, Hashable, CustomStringConvertible {
        let name: String
        let meant: [String]
        let nearest: [String]

        var description: String {
            if meant.count > 1 {
                return "\"\(name.clipped)\" is the name of \(meant.count) frameworks; name one by its id: \(meant.joined(separator: ", "))"
            }
            let hint = nearest.isEmpty ? "; `agora frameworks` lists them" : "; did you mean \(nearest.joined(separator: " or "))?"
            return "there is no framework \"\(name.clipped)\"\(hint)"
        }
    }
}
