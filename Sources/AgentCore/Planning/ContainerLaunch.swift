public import Cluster
public import MesosMessages

/// A container to launch, decided in every point but those that only its image can tell.
public struct ContainerLaunch: Sendable, Hashable {
    /// Its name; the container around it, if any, runs.
    public var id: ContainerID
    /// Nothing: the container only holds others.
    public var command: Mesos_V1_CommandInfo?
    /// Whether `command`'s arguments take the place of the image's own command, as with `docker run`; by Mesos's rule
    /// they follow it where the image has no entrypoint.
    public var replacesImageCommand = false
    /// Where the program starts: absolute, or relative to the sandbox; nothing: where the image says, or the sandbox.
    public var workingDirectory: String?
    /// Nothing: the file system of the container around it, or the host's.
    public var image: ImageRequest?
    /// What the agent tells every program; the image's own variables come before, the command's after it.
    public var agentVariables: [EnvironmentVariable]
    /// As whom its program runs.
    public var user: UserRule
    /// The folder of its own, absolute; made if it is missing.
    public var sandbox: String
    /// Links to make beside the launch, for people who look for the sandbox.
    public var links: [SandboxLink]
    /// What else is to be seen in it.
    public var volumes: [ContainerVolume]
    /// Folders of its sandbox for the containers inside.
    public var sharedFolders: [SharedFolder] = []
    /// What it may use.
    public var limits: ContainerLimits
    /// Whether it lives in the cgroup of the container around it.
    public var sharesCgroup: Bool
    /// Whether it sees the processes of the container around it.
    public var sharesPIDNamespace: Bool
    /// Nothing: that of the container around it, or the host's.
    public var hostname: String?
    /// What the bearer token of its program is to say; nothing: it gets none.
    public var credential: ExecutorClaims?
    /// What is brought into its sandbox before it starts, in this order.
    public var uris: [FetchURI] = []
    /// Nothing: its command has no terminal.
    public var terminal: TerminalRequest?
    /// Whether its command's input stays open for those who attach to it; a terminal's always does.
    public var keepsInput = false
    /// Whether it is a session: launched for one caller, inside the container around it and with its sandbox.
    public var isSession = false
    /// The networks that it joins with an interface each; none: it uses that of the container around it, or the host's.
    public var networks: [Mesos_V1_NetworkInfo] = []
    /// What its programs are kept from.
    public var confinement = ContainerConfinement()
}

/// An image by the name that a user gives it.
public struct ImageRequest: Sendable, Hashable {
    /// As "busybox", "registry:5000/team/tool:1.2" or "oci:/path/to/layout".
    public var reference: String
    /// False: ask the registry even if the image is here.
    public var isCached: Bool
    /// Whom registries are asked as: a Docker configuration file, as `~/.docker/config.json`. Nothing: as the agent is set up.
    public var dockerConfiguration: [UInt8]?
}

/// A variable of a program's environment.
public struct EnvironmentVariable: Sendable, Hashable {
    /// Without "=" and NUL.
    public var name: String
    /// Without NUL.
    public var value: String

    /// Joins a name and its value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A symbolic link in the tree of sandboxes.
public struct SandboxLink: Sendable, Hashable {
    /// Where it stands, absolute.
    public var path: String
    /// What it says, relative to its folder.
    public var target: String
}

/// A folder or file to be seen in a container.
public struct ContainerVolume: Sendable, Hashable {
    /// Where the content comes from.
    public enum Source: Sendable, Hashable {
        /// A path of the host, absolute.
        case host(String)
        /// A path below the container's own sandbox, relative.
        case sandbox(String)
        /// A path below the sandbox of the container around it, relative.
        case parentSandbox(String)
        /// A file in memory with this content.
        case secret([UInt8])
        /// An empty file system in memory, of a size in bytes; nothing: half of the machine's memory.
        case memory(bytes: Int64?)
        /// The files of an image; what the container writes there goes with it.
        case image(ImageRequest)
    }

    /// Whether mounts that are made below it later are seen on the other side.
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
    /// Where it is seen: absolute, or relative to the sandbox.
    public var containerPath: String
    /// Whether it cannot be written to there.
    public var isReadOnly: Bool
    /// For a path of the host.
    public var propagation = Propagation.usual
}

/// As whom a container's program runs.
public struct UserRule: Sendable, Hashable {
    /// What the command asks for.
    public var requested: String?
    /// What holds otherwise: the framework's user, or that of the container around it.
    public var inherited: String?

    /// Joins the two wishes.
    public init(requested: String?, inherited: String?) {
        self.requested = requested
        self.inherited = inherited
    }

    /// The user, given what the image asks for; nothing: the agent's own.
    ///
    /// A command's own wish comes first. An image decides only where root was inherited: it must not lift a
    /// framework that runs as somebody else to root.
    public func user(imageUser: String?) -> String? {
        if let requested { return requested }
        guard let imageUser, !imageUser.isEmpty, Self.rootNames.contains(inherited ?? "root") else { return inherited }
        return imageUser
    }

    private static let rootNames: Set<String> = ["root", "0", "0:0", "root:root"]
}
