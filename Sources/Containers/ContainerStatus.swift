public import Cluster
public import Networks

/// A container as it is known at one moment.
public struct ContainerStatus: Sendable, Hashable {
    /// Where it stands between its launch and its removal.
    public enum State: Sendable, Hashable {
        /// It is being set up.
        case launching
        /// Its command runs.
        case running
        /// Its command has ended, or is being killed; what is in it is cleaned away.
        case ending
        /// It is over; only its result and its sandbox are left.
        case ended
    }

    /// Its name.
    public var id: ContainerID
    /// Where it stands.
    public var state: State
    /// Its first process, as the host numbers it; nothing before and after it exists.
    public var pid: Int32?
    /// The folder of its own, on the host.
    public var sandbox: String
    /// Whom it runs as, as its launch said it.
    public var user: String?
    /// Whether its root is an image, its own or that of a container around it.
    public var hasImageRoot: Bool
    /// The networks it is in, its own or those of a container around it; none: the host's.
    public var networks: [JoinedNetwork]
    /// The layers of its own image by absolute path, lowest first; none if it has no image of its own.
    public var layers: [String] = []
    /// Likewise, those of the images among its volumes.
    public var volumeLayers: [[String]] = []
    /// How it ended, if it has.
    public var termination: ContainerTermination?
}

/// How a container ended.
public struct ContainerTermination: Sendable, Hashable {
    /// A limit that ended it.
    public enum Limitation: Sendable, Hashable {
        /// The kernel killed it because it needed more memory than its limit, in bytes.
        case memory(limitBytes: Int64)
        /// It had more on the disk than its limit, in bytes.
        case disk(limitBytes: Int64, usedBytes: Int64)
    }

    /// The status of its command, as wait(2) gives it.
    public var waitStatus: Int32
    /// The limit that ended it, if one did.
    public var limitation: Limitation?
    /// What there is to say about it, or nothing.
    public var message: String?
    /// What it had used by then; nothing if that was not seen.
    public var use: ContainerUse?

    /// Describes an end.
    public init(waitStatus: Int32, limitation: Limitation? = nil, message: String? = nil) {
        self.waitStatus = waitStatus
        self.limitation = limitation
        self.message = message
    }
}
