import Cluster
import MesosMessages

/// The connection to the master.
enum Link: Sendable {
    /// Before the start and after the end.
    case idle
    /// The last connection broke; the next is tried later.
    case paused(until: Timestamp)
    /// SUBSCRIBE was sent, SUBSCRIBED not received.
    case dialing(until: Timestamp)
    case subscribed(Subscription)

    /// What is known about a living stream.
    struct Subscription: Sendable {
        var heartbeatInterval: Duration
        var silenceDeadline: Timestamp
        var nextHeartbeat: Timestamp
    }

    var deadline: Timestamp? {
        switch self {
        case .idle: nil
        case .paused(let until), .dialing(let until): until
        case .subscribed(let subscription): min(subscription.silenceDeadline, subscription.nextHeartbeat)
        }
    }

    /// Whether there is a connection from which something may come.
    var isOpen: Bool {
        switch self {
        case .idle, .paused: false
        case .dialing, .subscribed: true
        }
    }

    var isSubscribed: Bool {
        if case .subscribed = self { true } else { false }
    }
}
