public import Cluster
public import MesosMessages

/// How a task ended, as it is kept for those who ask why: longer than its sandbox, and through restarts of the agent.
public struct EndedTask: Sendable, Hashable {
    /// Its ids.
    public var key: TaskKey
    /// As its framework called it.
    public var name: String
    /// The executor that it had; nothing if it was refused.
    public var executor: ExecutorID?
    /// Its container.
    public var container: ContainerID?
    /// The last that was said of it, without what an executor sent along for its framework.
    public var status: Mesos_V1_TaskStatus
    /// When it was first said to run; nothing if it never was, or so much was said since that this is not known any more.
    public var started: Timestamp?
    /// When the agent saw its end.
    public var ended: Timestamp
    /// How its container ended; nothing if it had none, or the executor told of the end before.
    public var exit: ContainerExit?

    /// Describes it; of the status only what is kept is taken.
    public init(key: TaskKey, name: String, status: Mesos_V1_TaskStatus, ended: Timestamp) {
        self.key = key
        self.name = name
        self.status = status.kept
        self.ended = ended
    }
}

/// How much is kept of ended tasks; the oldest go first.
public struct EndedTaskLimits: Sendable, Hashable {
    /// How many; 0: none.
    public var count = 2000
    /// How long.
    public var age = Duration.seconds(14 * 86_400)

    /// 2000 tasks, for two weeks.
    public init() {}
}

extension AgentCore {
    /// Keeps how a task ended.
    mutating func keepEnd(of task: TaskRecord, _ status: Mesos_V1_TaskStatus, _ exit: ContainerExit?, _ turn: inout Turn) {
        guard configuration.endedTasks.count > 0 else { return }
        var ended = EndedTask(key: task.key, name: task.stored.info.name, status: status, ended: turn.now)
        ended.executor = task.stored.executor?.executor
        ended.container = task.stored.container
        ended.started = task.stored.updates.first { $0.status.state == .taskRunning }?.status.moment
        ended.exit = exit
        turn.effects.append(.persist(.putEndedTask(ended)))
        trimEndedTasks(&turn)
    }

    /// Removes what is too much or too old.
    func trimEndedTasks(_ turn: inout Turn) {
        let limits = configuration.endedTasks
        turn.effects.append(.persist(.trimEndedTasks(count: limits.count, since: turn.now + (.zero - limits.age))))
    }
}

extension Mesos_V1_TaskStatus {
    /// As it is kept: an executor may have sent along what it likes.
    fileprivate var kept: Self {
        var status = self
        status.clearData()
        status.clearLabels()
        if status.message.utf8.count > AgentLimits.endedTaskMessageBytes {
            // A character that is cut in two becomes one of three bytes.
            status.message = String(decoding: status.message.utf8.prefix(AgentLimits.endedTaskMessageBytes - 2), as: UTF8.self)
        }
        return status
    }

    fileprivate var moment: Timestamp? {
        Int64(exactly: (timestamp * 1e9).rounded()).map { Timestamp(nanoseconds: $0) }
    }
}
