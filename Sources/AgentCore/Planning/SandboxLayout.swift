public import Cluster

/// Where sandboxes stand below the work directory; the same places as Mesos's, so that its tools find them.
struct SandboxLayout {
    let workDirectory: String

    /// The folder of one run of an executor.
    func run(of key: ExecutorKey, on agent: AgentID, container: ContainerID) -> String {
        "\(runs(of: key, on: agent))/\(container.root.value)"
    }

    /// The link to the newest run of an executor.
    func latest(of key: ExecutorKey, on agent: AgentID, container: ContainerID) -> SandboxLink {
        SandboxLink(path: "\(runs(of: key, on: agent))/latest", target: container.root.value)
    }

    private func runs(of key: ExecutorKey, on agent: AgentID) -> String {
        "\(workDirectory)/slaves/\(agent)/frameworks/\(key.framework)/executors/\(key.executor)/runs"
    }
}

/// The rules for sandboxes that need no agent.
public enum Sandbox {
    /// Where a container that does not see the host's files finds its sandbox, as in Mesos.
    public static let pathInImage = "/mnt/mesos/sandbox"

    /// The sandbox of a container below another.
    public static func child(_ id: ContainerID, of parentSandbox: String) -> String {
        "\(parentSandbox)/containers/\(id.value)"
    }

    /// The sandbox of a container that an operator launched at the top, below the work directory.
    public static func standalone(_ id: ContainerID, workDirectory: String) -> String {
        "\(workDirectory)/containers/\(id.value)"
    }

    /// Whether a sandbox is that of a container which an operator launched at the top.
    public static func isStandalone(_ path: String, workDirectory: String) -> Bool {
        path.hasPrefix("\(workDirectory)/containers/")
    }
}
