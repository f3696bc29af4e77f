import ArgumentParser
import MesosMessages

/// `agora undrain`
struct UndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain",
        abstract: "Let machines be used again that were drained.",
        discussion: """
            EXAMPLE
              agora undrain node7
            """
    )

    @OptionGroup var master: MasterOptions
    @Argument(help: "Machines, by name, address or agent's id; see `agora nodes`.", completion: LiveNames.nodes)
    var nodes: [String]

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let reads = MasterClient(connection: connection, master: endpoint)
                let operators = OperatorClient(connection: connection, master: endpoint)
                var isRefused = false
                for agent in try AgentLookup.find(nodes, among: try await reads.agents().agents) {
                    do throws(ClientError) {
                        try await operators.change("let \(agent.agentInfo.hostname) be used again") { call in
                            call.type = .reactivateAgent
                            call.reactivateAgent.agentID = agent.agentInfo.id
                        }
                        await Terminal.print(agent.agentInfo.hostname)
                    } catch {
                        // The others may be let in all the same.
                        guard error.status != nil else { throw error }
                        await Terminal.note("\(error)")
                        isRefused = true
                    }
                }
                if isRefused { throw ExitStatus.failure }
            }
        }
    }
}
