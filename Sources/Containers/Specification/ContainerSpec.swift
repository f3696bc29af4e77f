public import Cluster
public import LinuxKernel
public import Networks

/// A container to launch, decided in every point.
public struct ContainerSpec: Sendable {
    /// Its name; the container it lives in, if any, must be running.
    public var id: ContainerID
    /// What it runs; nothing: it only holds its namespaces for others, until a signal ends it.
    public var command: ContainerCommand?
    /// The environment of the command, whole and in order, as names and values; nothing is added.
    public var environment: [(String, String)]
    /// Where the command starts, as the container sees it; relative to the sandbox. Nothing: the sandbox.
    public var workingDirectory: String?
    /// Whom the command runs as: "name", "uid", "name:group" or "uid:gid", by the container's own /etc/passwd and
    /// /etc/group. Nothing: as whom this process runs.
    public var user: String?
    /// What its root is.
    public var root: RootFilesystem
    /// The folder of its own, as an absolute path of the host; made if it is missing, for the container's user.
    public var sandbox: String
    /// What else is to be seen in it, in this order.
    public var volumes: [VolumeMount]
    /// Folders of its sandbox that are made for the containers inside.
    public var sharedFolders: [SharedFolder] = []
    /// What it may use. A container that shares its parent's cgroup has none of its own.
    public var limits: ResourceLimits
    /// Whether it lives in its parent's cgroup; of no meaning at the top.
    public var sharesCgroup: Bool
    /// Whether it sees its parent's processes; of no meaning at the top.
    public var sharesPIDNamespace: Bool
    /// Its hostname; nothing: that of the container around it, or of the host.
    public var hostname: String?
    /// What its command reads and prints.
    public var streams = StandardStreams()
    /// The variables of its environment that are secrets: they are written down nowhere, so sessions do not have them.
    public var secretVariables: Set<String> = []
    /// The networks that it joins, with a network namespace of its own; none: it uses the network of the container around
    /// it, or the host's.
    public var networks: [NetworkRequest] = []
    /// The variable of its environment that gets its first address, where it does not use the host's network.
    public var addressVariable: String?
    /// What it may have on the disk, in its sandbox and of its image, in bytes; nothing: as much as there is.
    public var diskBytes: Int64?
    /// How many GPUs are its own.
    public var gpus = 0
    /// What its programs are kept from.
    public var confinement = Confinement()

    /// Describes a container; what is not given is the simplest.
    public init(
        id: ContainerID,
        command: ContainerCommand?,
        environment: [(String, String)] = [],
        workingDirectory: String? = nil,
        user: String? = nil,
        root: RootFilesystem = .parent,
        sandbox: String,
        volumes: [VolumeMount] = [],
        limits: ResourceLimits = ResourceLimits(),
        sharesCgroup: Bool = false,
        sharesPIDNamespace: Bool = false,
        hostname: String? = nil
    ) {
        self.id = id
        self.command = command
        self.workingDirectory = workingDirectory
        self.user = user
        self.root = root
        self.sandbox = sandbox
        self.volumes = volumes
        self.limits = limits
        self.sharesCgroup = sharesCgroup
        self.sharesPIDNamespace = sharesPIDNamespace
        self.hostname = hostname
        self.environment = environment
    }

    /// The layers of those volumes that are images.
    var imageVolumes: [[String]] {
        volumes.compactMap { if case .image(let layers) = $0.source { layers } else { nil } }
    }
}

/// A program with its arguments.
public struct ContainerCommand: Sendable, Hashable {
    /// A path, or a name to be looked up in the `PATH` of the container's environment.
    public var executable: String
    /// As the program sees them; the first is its own name.
    public var arguments: [String]

    /// Names a program and its arguments, of which the first is its own name.
    public init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// A line for the shell.
    public static func shell(_ line: String) -> ContainerCommand {
        ContainerCommand(executable: "/bin/sh", arguments: ["sh", "-c", line])
    }
}

/// What a container has as its root.
public enum RootFilesystem: Sendable, Hashable {
    /// The root of the container around it; at the top, the host's.
    case parent
    /// An image: the folders of its layers by absolute path, lowest first. What the container writes is its own.
    case image(layers: [String])
}

/// What a container may use; nothing in a field means no limit there.
public typealias ResourceLimits = CgroupLimits

/// A folder in a container's sandbox, into which everybody may write.
public struct SharedFolder: Sendable, Hashable {
    /// Relative to the sandbox.
    public var path: String
    /// What may be in it, in bytes; a container with more is ended. Nothing: as much as there is.
    public var limitBytes: Int64?

    /// Describes a folder.
    public init(path: String, limitBytes: Int64? = nil) {
        self.path = path
        self.limitBytes = limitBytes
    }
}

/// A folder or file to be seen in a container.
public struct VolumeMount: Sendable, Hashable {
    /// Where the content comes from.
    public enum Source: Sendable, Hashable {
        /// A path of the host, absolute; it must exist.
        case host(String)
        /// A path below the container's own sandbox; a folder is made if it is missing.
        case sandbox(String)
        /// A path below the sandbox of the container around it; a folder is made if it is missing.
        case parentSandbox(String)
        /// A file in memory alone, with this content; it belongs to the container's user.
        case secret([UInt8])
        /// An empty file system in memory, of so many bytes at most; nothing: half of the machine's memory. Everybody in
        /// the container can write to it. Containers inside find it as a part of this one's sandbox, if it is there.
        case memory(bytes: Int64?)
        /// An image: the folders of its layers by absolute path, lowest first. What the container writes there is its own.
        case image(layers: [String])
    }

    /// Whether mounts that are made below it later are seen on the other side (mount_namespaces(7)).
    public enum Propagation: Sendable, Hashable {
        /// Those of the host are seen in the container, if they are in a shared mount; as for all volumes in Mesos.
        case usual
        /// The same, and the host's path must be in a shared mount.
        case hostToContainer
        /// Those of either side are seen on the other; the host's path must be in a shared mount.
        case bidirectional
    }

    /// Where the content comes from.
    public var source: Source
    /// Where it is seen: absolute, or relative to the sandbox. On the host's own root an absolute one must exist.
    public var containerPath: String
    /// Whether it cannot be written to there.
    public var isReadOnly: Bool
    /// For a path of the host.
    public var propagation = Propagation.usual

    /// Shows a source at a path.
    public init(source: Source, containerPath: String, isReadOnly: Bool = false) {
        self.source = source
        self.containerPath = containerPath
        self.isReadOnly = isReadOnly
    }
}
