public import Cluster

/// What a bearer token says of its holder: the executor that runs in this container, and no other.
public struct ExecutorClaims: Sendable, Hashable {
    /// Whose executor it is.
    public var framework: FrameworkID
    /// Its id within the framework.
    public var executor: ExecutorID
    /// Its container.
    public var container: ContainerID

    /// Joins the three ids.
    public init(framework: FrameworkID, executor: ExecutorID, container: ContainerID) {
        self.framework = framework
        self.executor = executor
        self.container = container
    }
}
