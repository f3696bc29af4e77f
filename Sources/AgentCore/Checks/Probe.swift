public import Cluster

/// Which of a task's two checks.
public enum CheckKind: String, Sendable, Hashable, CaseIterable {
    /// Decides whether the task is healthy; one that stays unhealthy is killed.
    case health
    /// Only tells what it finds.
    case status
}

/// One look at a task.
public struct Probe: Sendable, Hashable {
    /// Its name: of one kind there is one at a time for each task.
    public struct ID: Sendable, Hashable {
        /// Whose it is.
        public let task: TaskKey
        /// Which check.
        public let kind: CheckKind
        /// Counts the probes of the agent's process, so that a late answer to an older one is known as such.
        public let number: UInt64
    }

    /// How to look.
    public enum Method: Sendable, Hashable {
        /// Run this in the task's container, in all its namespaces, and leave nothing behind.
        case command(ContainerLaunch)
        case http(HTTPProbe)
        case tcp(port: UInt16, isIPv6: Bool)
    }

    /// Its name.
    public let id: ID
    /// The task's container.
    public let container: ContainerID
    /// How to look.
    public let method: Method
    /// When it has failed, with everything it started ended; nothing: never.
    public let timeout: Duration?
}

/// A GET of a server in the task, by the loopback address.
public struct HTTPProbe: Sendable, Hashable {
    /// Whether by TLS, whose certificate is not looked at.
    public var isSecure: Bool
    /// Of the server.
    public var port: UInt16
    /// With its query; empty, or it begins with "/".
    public var path: String
    /// By `::1` instead of `127.0.0.1`.
    public var isIPv6: Bool

    /// Describes a probe.
    public init(isSecure: Bool, port: UInt16, path: String, isIPv6: Bool) {
        self.isSecure = isSecure
        self.port = port
        self.path = path
        self.isIPv6 = isIPv6
    }
}

/// What a probe found.
public enum ProbeResult: Sendable, Hashable {
    /// The command ended, with a status as of wait(2).
    case exited(waitStatus: Int32)
    /// The server answered with that status, after redirects.
    case answered(status: Int)
    /// Whether the port took the connection.
    case connected(Bool)
    /// There is no result: it took too long, there was no answer, or it could not be made. In words.
    case failed(String)
}

extension Probe {
    /// Begins the names of the containers that probes run in.
    private static let prefix = "agora-probe-"

    static func container(in task: ContainerID, name: String) -> ContainerID { task.child(prefix + name) }

    /// Whether a container is that of a probe: after a restart of the agent nobody waits for it.
    public static func owns(_ container: ContainerID) -> Bool {
        container.depth > 1 && container.value.hasPrefix(prefix)
    }
}
