import ArgumentParser
import Foundation
import Logging
import Master
import MesosMessages

/// `agora master`
struct MasterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "master",
        abstract: "Run a master: it offers the machines of its agents to frameworks.",
        discussion: """
            Which agents and frameworks there are is written into the work folder before anybody is told: a master that is
            started again there goes on where the former one ended.

            EXAMPLE
              agora master --work-dir ~/agora-master
              agora master --host 10.0.0.1 --insecure
              agora master --registry in_memory
            """
    )

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port = ListenPort(Endpoint.masterPort)
    @Option(
        help: ArgumentHelp(
            "Where the master stands, in JSON: its region and its zone. Agents that say where they stand need this.",
            valueName: "json"
        ),
        transform: DomainArgument.parse
    )
    var domain: Mesos_V1_DomainInfo?
    @OptionGroup var offers: OfferOptions
    @Option(help: ArgumentHelp("Where the registry is.", valueName: "folder"))
    var workDir = "/var/lib/agora/master"
    @Option(help: "How the registry is kept: sqlite, in the work folder; or in_memory, so that a restart forgets it.")
    var registry = RegistryKind.sqlite
    @OptionGroup var agents: AgentCareOptions
    @OptionGroup var operators: OperatorOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await ExitStatus.reporting {
            DescriptorLimit.raise()
            let verbosity = server.verbosity(usually: .info)
            let logger = server.logger("agora.master", verbosity)
            var configuration = MasterConfiguration(host: server.host, port: port.number)
            configuration.allowInsecure = server.insecure
            configuration.logVerbosity = verbosity
            operators.apply(to: &configuration)
            configuration.domain = domain
            offers.apply(to: &configuration)
            configuration.registry = registry == .sqlite ? .folder(URL(fileURLWithPath: workDir).standardizedFileURL.path) : .inMemory
            agents.apply(to: &configuration)
            try await Daemon.run([Master(configuration: configuration, logger: logger)], logger: logger)
        }
    }
}
