public import Cluster
public import Fetcher
public import HTTPService
public import Images

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
    /// What others call this machine; nothing: `host`.
    public var hostname: String?

    /// What to offer; nothing: what the machine has, less what it needs itself.
    public var resources: Resources?
    /// Facts about the machine, as "rack:r1;zone:a".
    public var attributes = ""

    /// Where sandboxes, images and the agent's own records stand; absolute, one per agent.
    public var workDirectory: String
    /// Where the state of running containers is kept, as long as the machine is up; nothing: below the work directory.
    public var runtimeDirectory: String?
    /// How registries are reached.
    public var registries = RegistryConfiguration()
    /// What the cache of fetched files may hold, in bytes; 0: nothing.
    public var fetcherCacheBytes: Int64 = 2 << 30
    /// A download that brings less than one byte a second for so long is cut.
    public var fetcherStallTimeout = Duration.seconds(60)
    /// What one task may fetch.
    public var fetchLimits = FetchLimits()
    /// Where the program stands that becomes the first process of every container; nothing: beside this program.
    public var containerInitPath: String?

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

    /// How many operator calls may run at once; more are answered 503.
    static let concurrentOperatorCalls = 4096
    /// How long an orderly end waits for containers to be gone, and then for the master to hear of it.
    static let stopTimeout = Duration.seconds(30)
    static let farewellTimeout = Duration.seconds(2)

    /// The version of Mesos whose API is spoken: clients choose by it what they send.
    static let mesosVersion = "1.11.0"
    /// Of this program.
    static let agoraVersion = "0.1.0"
}
