public import AgentCore
public import Cluster
public import Containers
public import Fetcher
public import HTTPService
public import Images
import Logging
public import MesosMessages
public import Networks

/// How an agent is set up.
public struct AgentConfiguration: Sendable {
    /// Where the master listens, as "HOST:PORT".
    public var masterAddress: String
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0: any that is free.
    public var port = 5051
    /// Listen on another address than loopback without TLS.
    public var allowInsecure = false
    /// The certificate to listen with; nothing: plain HTTP.
    public var tls: HTTPServerConfiguration.TLS?
    /// Origins of web pages, such as "https://agora.example.org", that may ask this agent from a browser beside the master's own.
    public var allowedOrigins: [String] = []
    /// What others call this machine; nothing: `host`.
    public var hostname: String?

    /// What to offer; nothing: what the machine has, less what it needs itself.
    public var resources: Resources?
    /// Facts about the machine, as "rack:r1;zone:a".
    public var attributes = ""
    /// Where the machine stands; the master must say where it stands too.
    public var domain: Mesos_V1_DomainInfo?

    /// Where sandboxes, images and the agent's own records stand; absolute, one per agent.
    public var workDirectory: String
    /// Where the state of running containers is kept, as long as the machine is up; nothing: below the work directory.
    public var runtimeDirectory: String?
    /// How registries are reached.
    public var registries = RegistryConfiguration()
    /// When images that nothing uses are removed (Mesos: `--image_gc_config`).
    public var imageCleanup = ImageCleanup()
    /// When the sandboxes of what has ended are removed.
    public var sandboxCleanup = SandboxCleanup()
    /// How much is kept of tasks that have ended, for those who ask why.
    public var endedTasks = EndedTaskLimits()
    /// What the cache of fetched files may hold, in bytes; 0: nothing.
    public var fetcherCacheBytes: Int64 = 2 << 30
    /// A download that brings less than one byte a second for so long is cut.
    public var fetcherStallTimeout = Duration.seconds(60)
    /// What one task may fetch.
    public var fetchLimits = FetchLimits()
    /// How large the output of each container may become; nothing: as large as it gets.
    public var logLimit: LogLimit? = LogLimit(bytes: 32 << 20, files: 4)
    /// Where the program stands that becomes the first process of every container; nothing: beside this program.
    public var containerInitPath: String?

    /// Where networks and their plugins are.
    public var networks = NetworksConfiguration()
    /// What the programs of all containers are kept from.
    public var confinement = ConfinementRules()
    /// What holds for the limits of all containers.
    public var limits = LimitRules()
    /// How it is known what containers have on the disk.
    public var diskAccounting = DiskAccounting.auto
    /// The projects of the work directory's file system that containers may get (Mesos: `--xfs_project_range`).
    public var diskProjects: ClosedRange<UInt32> = 5000...10_000
    /// The pause between two rounds of looking what containers have on the disk.
    public var diskWatchInterval = Duration.seconds(15)
    /// Whether a container is kept to its `disk`: by the kernel as it writes, where that counts, and ended if it has more.
    public var enforcesDiskLimits = false

    /// What becomes of what a former process left.
    public var recovery = RecoveryMode.reconnect
    /// What of itself an agent may change when it starts again with the same work directory; nothing: everything.
    public var reconfigurationPolicy: ReconfigurationPolicy? = .equal
    /// From the start of its container until a custom executor must have subscribed.
    public var executorRegistrationTimeout = Duration.seconds(60)
    /// From the start of a restarted agent until a custom executor must be back; at most 15 seconds.
    public var executorReregistrationTimeout = Duration.seconds(2)
    /// From SHUTDOWN until force, for custom executors that say nothing else.
    public var executorShutdownGrace = Duration.seconds(5)
    /// Whether an executor must send its token with every call.
    public var requiresExecutorTokens = false
    /// A unix domain socket for the executor API besides TCP, absolute, in a folder for nothing else; nothing: none.
    public var executorSocketPath: String?

    /// Whether an orderly end kills all containers and leaves nothing behind. Otherwise they outlive the agent, and the
    /// next one with the same work directory finds them.
    public var destroysContainersAtEnd = false

    /// - Parameters:
    ///   - masterAddress: as "HOST:PORT".
    ///   - workDirectory: absolute; made if it is missing.
    public init(masterAddress: String, workDirectory: String) {
        self.masterAddress = masterAddress
        self.workDirectory = workDirectory
    }

    /// How much the logger of this agent logs, for operators who want to know more for a while.
    public var logVerbosity = LogVerbosity(.info)

    /// How many operator calls may run at once; more are answered 503.
    static let concurrentOperatorCalls = 4096
    /// How many calls about images may run at once; more are answered 503.
    static let concurrentImageCalls = 64
    /// How long an orderly end waits for containers to be gone, and then for the master to hear of it.
    static let stopTimeout = Duration.seconds(30)
    static let farewellTimeout = Duration.seconds(2)

    /// The version of Mesos whose API is spoken: clients choose by it what they send.
    static let mesosVersion = "1.11.0"
    /// Of this program.
    static let agoraVersion = "0.1.0"
}

/// What becomes of what a former agent left (Mesos: `--recover`).
public enum RecoveryMode: String, Hashable, Sendable, CaseIterable {
    /// Its containers go on.
    case reconnect
    /// Its containers are killed, their ends reported, then the agent ends.
    case cleanup
}
