public import Logging
public import Networks

/// Where and how containers are kept.
public struct ContainerizerConfiguration: Sendable {
    /// The folder for what must be known of containers to find them again; best in a file system that a restart of the
    /// machine empties, as /run. Made if it is missing; one containerizer uses it at a time.
    public var runtimeDirectory: String
    /// The cgroup below which all containers stand, in every hierarchy. Each runtime directory has one of its own in
    /// it, so that several agents on one machine leave each other's containers alone.
    public var cgroupParent: String
    /// The program that becomes the first process of each container; nothing: `ContainerInit` beside this program.
    public var initPath: String?
    /// The folder for what containers with an image's root write; nothing: in the runtime directory.
    public var writableDirectory: String?
    /// Where networks and their plugins are.
    public var networks = NetworksConfiguration()
    /// What the programs of all containers are kept from.
    public var confinement = ConfinementRules()
    /// What holds for the limits of all containers.
    public var limits = LimitRules()
    /// How it is known what containers have on the disk.
    public var diskAccounting = DiskAccounting.auto
    /// The projects of the file system that containers may get; those of others there must be outside.
    public var diskProjects: ClosedRange<UInt32> = 5000...10_000
    /// The pause between two rounds of looking what containers have on the disk.
    public var diskWatchInterval = Duration.seconds(15)
    /// Whether a container is kept to its limit: by the kernel as it writes, where that counts, and ended if it has more.
    public var enforcesDiskLimits = false
    /// How long setting up a container may take.
    public var launchTimeout: Duration
    /// The most containers that are known at a time, ended ones included.
    public var maximumContainers: Int
    /// Where to tell what happens.
    public var logger: Logger

    /// Keeps containers in a folder; the rest is as usual.
    public init(runtimeDirectory: String, logger: Logger = Logger(label: "agora.containers")) {
        self.runtimeDirectory = runtimeDirectory
        cgroupParent = "agora"
        launchTimeout = .seconds(60)
        maximumContainers = 20_000
        self.logger = logger
    }
}
