public import Cluster

/// An executor on this agent: ids of executors are unique within their framework only.
public struct ExecutorKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whose it is.
    public let framework: FrameworkID
    /// Its id within the framework.
    public let executor: ExecutorID

    /// Joins the two ids.
    public init(framework: FrameworkID, executor: ExecutorID) {
        self.framework = framework
        self.executor = executor
    }

    /// By framework, then by id.
    public static func < (left: ExecutorKey, right: ExecutorKey) -> Bool {
        (left.framework, left.executor) < (right.framework, right.executor)
    }

    /// For people.
    public var description: String { "executor \(executor) of framework \(framework)" }
}

/// A task on this agent: ids of tasks are unique within their framework only.
public struct TaskKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whose it is.
    public let framework: FrameworkID
    /// Its id within the framework.
    public let task: TaskID

    /// Joins the two ids.
    public init(framework: FrameworkID, task: TaskID) {
        self.framework = framework
        self.task = task
    }

    /// By framework, then by id.
    public static func < (left: TaskKey, right: TaskKey) -> Bool {
        (left.framework, left.task) < (right.framework, right.task)
    }

    /// For people.
    public var description: String { "task \(task) of framework \(framework)" }
}
