import Agent
import AgentCore
import ArgumentParser
import Logging

/// `agora agent`
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run an agent: it offers this machine to a master and runs containers on it.",
        discussion: """
            Containers outlive the agent: the next one with the same work folder finds them again.

            EXAMPLE
              agora agent --master 10.0.0.1:5050
              agora agent --master 10.0.0.1:5050 --resources 'cpus:4;mem:4096' --attributes 'rack:r1;disk:ssd'
            """
    )

    @OptionGroup var master: MasterOptions
    @Option(help: "The port to listen on; 0 for any that is free.")
    var port = ListenPort(Endpoint.agentPort)
    @Option(help: "What others call this machine; otherwise the address it listens on.")
    var hostname: String?
    @Option(help: ArgumentHelp("Where sandboxes, images and the agent's records are.", valueName: "folder"))
    var workDir = "/var/lib/agora/agent"
    @OptionGroup var node: NodeOptions
    @Option(help: "What becomes of what a former agent left: reconnect, its containers go on; cleanup, they are killed and the agent ends.")
    var recover = RecoveryArgument.reconnect
    @Option(
        help:
            "What the agent may change of its resources, attributes and host name when it starts again: equal, nothing; additive, it may have more."
    )
    var reconfigurationPolicy = PolicyArgument.equal
    @OptionGroup(title: "Executor options") var executors: ExecutorFlags
    @OptionGroup(title: "Fetching") var fetcher: FetcherOptions
    @OptionGroup(title: "Logs") var logs: LogFlags
    @OptionGroup(title: "Sandboxes") var sandboxes: SandboxOptions
    @OptionGroup(title: "Ended tasks") var endedTasks: EndedTaskOptions
    @OptionGroup(title: "Networks") var networks: NetworkOptions
    @OptionGroup(title: "Images") var images: ImageOptions
    @OptionGroup(title: "Isolation") var isolation: IsolationOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try Root.require(for: "agent")
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            let verbosity = server.verbosity(usually: .info)
            let logger = server.logger("agora.agent", verbosity)
            let folder = try WorkFolder(workDir)
            var configuration = AgentConfiguration(masterAddress: endpoint.description, workDirectory: folder.path)
            configuration.host = server.host
            configuration.port = port.number
            configuration.allowInsecure = server.insecure
            configuration.logVerbosity = verbosity
            configuration.hostname = hostname
            configuration.resources = try node.parsedResources
            configuration.attributes = node.attributes ?? ""
            configuration.domain = node.domain
            configuration.allowedOrigins = node.allowedOrigins
            configuration.recovery = recover.mode
            configuration.reconfigurationPolicy = reconfigurationPolicy.policy
            executors.apply(to: &configuration)
            fetcher.apply(to: &configuration)
            logs.apply(to: &configuration)
            sandboxes.apply(to: &configuration)
            endedTasks.apply(to: &configuration)
            networks.apply(to: &configuration)
            try images.apply(to: &configuration)
            try isolation.apply(to: &configuration)
            try await Daemon.run([Agent(configuration: configuration, logger: logger)], logger: logger)
        }
    }
}

/// `--recover`
enum RecoveryArgument: String, ExpressibleByArgument, CaseIterable {
    case reconnect
    case cleanup

    var mode: RecoveryMode { self == .cleanup ? .cleanup : .reconnect }
}

/// `--reconfiguration-policy`
enum PolicyArgument: String, ExpressibleByArgument, CaseIterable {
    case equal
    case additive

    var policy: ReconfigurationPolicy { self == .additive ? .additive : .equal }
}
