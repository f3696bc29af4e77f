import Cluster
import MesosAPI

/// What is known of the process of a custom executor.
struct ExecutorSession: Sendable {
    enum Subscription: Sendable, Hashable {
        /// Its container is being launched.
        case none
        /// Its container runs; it must subscribe until then.
        case awaited(until: Timestamp)
        /// It listens.
        case open(StreamID)
        /// Its stream broke; it may come back whenever it likes.
        case lost
    }

    /// Why the agent ends an executor by itself.
    enum EndCause: Sendable, Hashable {
        case didNotSubscribe(after: Duration)
        case didNotReturn(after: Duration)
        /// The agent was restarted, and the framework does not want its executors to outlive that.
        case isNotCheckpointed
    }

    var subscription = Subscription.none
    /// Whether it ever got a task; one that never did ends when none is left for it.
    var wasSentTask = false
    /// When it is ended by force; nothing: it was not told to end.
    var endDeadline: Timestamp?
    var endCause: EndCause?
    var hasHeartbeatTimer = false
    /// Whether it had subscribed before the agent was restarted.
    var isRecovered = false

    /// Where its events go, if it listens.
    var stream: StreamID? {
        if case .open(let stream) = subscription { stream } else { nil }
    }

    /// Whether it has subscribed to this process of the agent, so that its calls count.
    var hasSubscribed: Bool {
        switch subscription {
        case .none, .awaited: false
        case .open, .lost: true
        }
    }
}

/// An executor whose framework is gone: it was told to end, and nobody waits for what it says.
struct ClosingExecutor: Sendable {
    let container: ContainerID
    var stream: StreamID?
    /// When it is ended by force.
    var deadline: Timestamp
}

extension ExecutorRecord {
    /// How far an executor is in its life, in Mesos's words.
    public enum Stage: Sendable, Hashable { case registering, running, terminating }

    /// How far it is in its life.
    public var stage: Stage {
        if phase == .ending || session.endDeadline != nil { return .terminating }
        guard phase != .launching || session.hasSubscribed else { return .registering }
        return stored.kind != .custom || session.hasSubscribed ? .running : .registering
    }
}

/// What executors did since the start of the process.
public struct ExecutorCounters: Sendable {
    /// Updates that were taken.
    public internal(set) var validUpdates = 0
    /// Updates that were dropped.
    public internal(set) var invalidUpdates = 0
    /// Messages of schedulers that reached their executor.
    public internal(set) var validMessages = 0
    /// Messages of schedulers whose executor does not listen.
    public internal(set) var invalidMessages = 0
    /// Executors that ended.
    public internal(set) var terminated = 0
}
