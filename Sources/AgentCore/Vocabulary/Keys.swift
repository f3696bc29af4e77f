public import Cluster

/// An executor on this agent: ids of executors are unique within their framework only.
public struct ExecutorKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let framework: FrameworkID
    public let executor: ExecutorID

    public init(framework: FrameworkID, executor: ExecutorID) {
        self.framework = framework
        self.executor = executor
    }

    public static func < (left: ExecutorKey, right: ExecutorKey) -> Bool {
        (left.framework, left.executor) < (right.framework, right.executor)
    }

    public var description: String { "executor \(executor) of framework \(framework)" }
}

/// A task on this agent: ids of tasks are unique within their framework only.
public struct TaskKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let framework: FrameworkID
    public let task: TaskID

    public init(framework: FrameworkID, task: TaskID) {
        self.framework = framework
        self.task = task
    }

    public static func < (left: TaskKey, right: TaskKey) -> Bool {
        (left.framework, left.task) < (right.framework, right.task)
    }

    public var description: String { "task \(task) of framework \(framework)" }
}
