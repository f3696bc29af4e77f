import Networks

/// What must be known of a container after its launch, and is written down for a later process of ours.
struct ContainerFacts: Hashable, Sendable {
    /// Its folder on the host.
    var sandbox: String
    /// Whom it runs as, as its launch said it.
    var user: String?
    /// Whether it has a root of its own, built from an image.
    var hasOwnRoot = false
    /// The layers of that image, by absolute path, lowest first.
    var layers: [String] = []
    /// The layers of the images among its volumes.
    var volumeLayers: [[String]] = []
    /// Whether its root is an image's, its own or that of a container around it.
    var hasImageRoot = false
    /// Whether it writes to folders beside its sandbox.
    var writesToLayers: Bool { hasOwnRoot || !volumeLayers.isEmpty }
    /// Whether it sees its parent's processes.
    var sharesPIDNamespace = false
    /// Whether it has a cgroup with limits of its own.
    var limits: ResourceLimits?
    /// Whether it has a cgroup that tells which processes are its own.
    var isTracked = false
    /// What it was asked to let its programs do.
    var privileges = Privileges()
    /// Whether it was launched for one caller, in the sandbox of the container around it.
    var isSession = false
    /// Whether its command has a terminal.
    var hasTerminal = false
    /// Whether its command's input stays open.
    var keepsInput = false
    /// Whether it has a network namespace of its own.
    var hasOwnNetwork = false
    /// The networks that it has joined with it. They are written down by those who make them.
    var networks: [JoinedNetwork] = []
    /// The first of the machine's ids that belongs to its user namespace; nothing: it has none of its own.
    var firstID: UInt32?
    /// What it may have on the disk, in bytes.
    var diskBytes: Int64?
    /// The project of the file system that its files belong to; nothing: that of the container around it, or none.
    var project: UInt32?
    /// The GPUs that are its own, by their devices.
    var gpus: [String] = []
    /// Whether its cgroup keeps it, and all inside it, from other GPUs.
    var isKeptFromGPUs = false
    /// What may be in folders of its sandbox, in bytes.
    var folderLimits: [String: Int64] = [:]
    /// Where in its sandbox, as itself sees it, file systems in memory are.
    var memoryFolders: [String] = []
}

/// The first process of a container.
struct ContainerProcess: Hashable, Sendable {
    /// As the host numbers it.
    var pid: Int32
    /// When it started, in clock ticks since the machine did: the number may be given to another process later.
    var startTicks: UInt64
}
