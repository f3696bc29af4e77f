/// A conversation with a master or an agent that failed.
struct ClientError: Error, CustomStringConvertible {
    enum Cause: Hashable {
        /// Nobody answered.
        case unreachable(String)
        /// An answer other than the expected one.
        case refused(status: Int, message: String)
        /// It was taken up, and did not succeed.
        case failed(String)
        /// An answer that makes no sense, or that broke off.
        case broken(String)
        /// A stream that was to go on came to its end.
        case ended(String)
    }

    enum Peer: Hashable {
        case master(Endpoint)
        case agent(Endpoint)
    }

    let peer: Peer
    /// What was tried, as "list the tasks".
    let operation: String
    let cause: Cause

    var isUnreachable: Bool {
        switch cause {
        case .unreachable, .ended: true
        case .refused, .failed, .broken: false
        }
    }

    /// Whether the same may succeed when master and agent are up.
    var isUnavailable: Bool { isUnreachable || status == 503 }

    /// The HTTP status of a refusal.
    var status: Int? {
        if case .refused(let status, _) = cause { status } else { nil }
    }

    var description: String {
        switch (cause, peer) {
        case (.unreachable(let reason), .master(let endpoint)):
            """
            cannot \(operation): no master answers at \(endpoint) (\(reason)).
            Start one with `agora local`, or say where it is with --master HOST:PORT or the variable AGORA_MASTER.
            """
        case (.unreachable(let reason), .agent(let endpoint)):
            "cannot \(operation): the agent at \(endpoint) does not answer (\(reason)). Is it running, and reachable from this machine?"
        case (.refused(let status, let message), _):
            "cannot \(operation): \(name) refused with status \(status)\(message.isEmpty ? "" : ": \(message)")"
        case (.failed(let message), _): "cannot \(operation): \(message)"
        case (.broken(let reason), _):
            "cannot \(operation): \(name) answered what cannot be used: \(reason)"
        case (.ended(let reason), _): "cannot \(operation) any longer: \(name) is gone (\(reason))"
        }
    }

    private var name: String {
        switch peer {
        case .master(let endpoint): "the master at \(endpoint)"
        case .agent(let endpoint): "the agent at \(endpoint)"
        }
    }
}
