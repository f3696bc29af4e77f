import Cluster
import HeapModule

/// What is to be looked at when its time has come.
enum TimerTarget: Sendable, Hashable {
    /// An update that may have to be sent again.
    case resend(TaskKey)
    /// A kill whose grace may be over.
    case kill(TaskKey)
    /// A task that may have run too long.
    case completion(TaskKey)
    /// A check that may be due.
    case probe(TaskKey, CheckKind)
    /// An executor that may have waited long enough for acknowledgements.
    case linger(ExecutorKey)
    /// An agent that only cleans up and may have waited long enough for a master.
    case cleanUp
    /// A custom executor that may have had time enough to subscribe.
    case subscription(ExecutorKey)
    /// A custom executor that may have had time enough to end.
    case executorEnd(ExecutorKey)
    /// A custom executor that is to hear that the agent lives.
    case executorHeartbeat(ExecutorKey)
}

/// The moments at which something is to be looked at, soonest first.
///
/// A timer is never taken back: whoever is looked at decides whether its time has really come. So there are at most as
/// many as deadlines that were set and have not passed.
struct Timers: Sendable {
    private struct Timer: Comparable {
        let at: Timestamp
        let target: TimerTarget

        static func < (left: Timer, right: Timer) -> Bool { left.at < right.at }
    }

    private var heap = Heap<Timer>()

    var next: Timestamp? { heap.min?.at }

    mutating func set(_ target: TimerTarget, at moment: Timestamp) {
        heap.insert(Timer(at: moment, target: target))
    }

    /// The next target whose time has come.
    mutating func pop(at now: Timestamp) -> TimerTarget? {
        guard let first = heap.min, first.at <= now else { return nil }
        return heap.popMin()?.target
    }
}
