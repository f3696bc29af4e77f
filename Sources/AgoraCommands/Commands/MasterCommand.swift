import ArgumentParser
import Logging
import Master
import MesosMessages

/// `agora master`
struct MasterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "master",
        abstract: "Run a master: it offers the machines of its agents to frameworks.",
        discussion: """
            EXAMPLE
              agora master
              agora master --host 10.0.0.1 --insecure
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
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await ExitStatus.reporting {
            let logger = server.logger("agora.master", usually: .info)
            var configuration = MasterConfiguration(host: server.host, port: port.number)
            configuration.allowInsecure = server.insecure
            configuration.domain = domain
            offers.apply(to: &configuration)
            try await Daemon.run([Master(configuration: configuration, logger: logger)], logger: logger)
        }
    }
}
