import Agent
import ArgumentParser
import HTTPService
import Logging
import Master

/// `agora local`
struct LocalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "Run a cluster of one machine: master and agent in one process.",
        discussion: """
            Ctrl-C ends it, with every container; nothing is left behind.

            EXAMPLE
              sudo agora local
              sudo agora local --run examples/hello.yaml
              sudo agora local --resources 'cpus:2;mem:1024' --work-dir /var/lib/agora/local
            """
    )

    @Option(help: "The master's port.")
    var port = ListenPort(Endpoint.masterPort)
    @Option(help: "The agent's port.")
    var agentPort = ListenPort(Endpoint.agentPort)
    @Option(help: ArgumentHelp("Where files are kept; otherwise in a folder that is gone afterwards.", valueName: "folder"))
    var workDir: String?
    @Option(name: .customLong("run"), help: ArgumentHelp("A pod file to run at once.", valueName: "file"))
    var podFile: String?
    @OptionGroup var node: NodeOptions
    @OptionGroup var offers: OfferOptions
    @OptionGroup(title: "Fetching") var fetcher: FetcherOptions
    @OptionGroup(title: "Logs") var logs: LogFlags
    @OptionGroup(title: "Sandboxes") var sandboxes: SandboxOptions
    @OptionGroup(title: "Ended tasks") var endedTasks: EndedTaskOptions
    @OptionGroup(title: "Networks") var networks: NetworkOptions
    @OptionGroup(title: "Images") var images: ImageOptions
    @OptionGroup(title: "Isolation") var isolation: IsolationOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard port.number != 0, agentPort.number != 0 else { throw ValidationError("--port and --agent-port must be above 0.") }
        guard port != agentPort else { throw ValidationError("--port and --agent-port must differ.") }
    }

    func run() async throws {
        try Root.require(for: "local")
        try await ExitStatus.reporting {
            let pod = try podFile.map { file throws(PodFileError) in try RunCommand.readPod(file) }
            let folder = try WorkFolder(workDir)
            do {
                try await serve(pod, folder)
            } catch {
                await folder.remove()
                throw error
            }
            await folder.remove()
        }
    }

    private func serve(_ pod: PodLaunch?, _ folder: WorkFolder) async throws {
        let verbosity = server.verbosity(usually: .warning)
        let logger = server.logger("agora.local", verbosity)
        let master = Master(configuration: masterConfiguration(folder, verbosity), logger: logger)
        let agent = Agent(configuration: try agentConfiguration(folder, verbosity), logger: logger)
        let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(8))
        let guide = LocalGuide(
            master: Endpoint(host: server.host, port: port.number),
            agent: Endpoint(host: server.host, port: agentPort.number),
            workDirectory: folder.path,
            pod: pod,
            interrupts: interrupts
        )
        try await Daemon.run([master, agent, guide], logger: logger) { continuation.yield() }
    }

    private func masterConfiguration(_ folder: WorkFolder, _ verbosity: LogVerbosity) -> MasterConfiguration {
        var configuration = MasterConfiguration(host: server.host, port: port.number)
        configuration.allowInsecure = server.insecure
        configuration.domain = node.domain
        offers.apply(to: &configuration)
        configuration.logVerbosity = verbosity
        configuration.registry = .folder("\(folder.path)/master")
        return configuration
    }

    private func agentConfiguration(_ folder: WorkFolder, _ verbosity: LogVerbosity) throws -> AgentConfiguration {
        let master = Endpoint(host: server.host, port: port.number)
        var configuration = AgentConfiguration(masterAddress: master.description, workDirectory: "\(folder.path)/agent")
        configuration.host = server.host
        configuration.port = agentPort.number
        configuration.allowInsecure = server.insecure
        configuration.resources = try node.parsedResources
        configuration.attributes = node.attributes ?? ""
        configuration.domain = node.domain
        configuration.allowedOrigins = node.allowedOrigins
        fetcher.apply(to: &configuration)
        logs.apply(to: &configuration)
        sandboxes.apply(to: &configuration)
        endedTasks.apply(to: &configuration)
        networks.apply(to: &configuration)
        try images.apply(to: &configuration)
        try isolation.apply(to: &configuration)
        configuration.destroysContainersAtEnd = true
        configuration.logVerbosity = verbosity
        // Nothing runs any more that relied on what the machine was before.
        configuration.reconfigurationPolicy = nil
        return configuration
    }
}
