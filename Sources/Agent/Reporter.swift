import AgentCore
import CoreLoop
import MesosAPI
import Synchronization

/// Brings inputs to the core, once there is one.
final class Reporter: Sendable {
    private struct State {
        var loop: CoreLoop<AgentCore>?
        var isEnding = false
    }

    private let state = Mutex(State())

    func connect(to loop: CoreLoop<AgentCore>) {
        state.withLock { $0.loop = loop }
    }

    /// No more calls are taken; what is reported still arrives.
    func refuseCalls() {
        state.withLock { $0.isEnding = true }
    }

    @Sendable func report(_ input: AgentInput) {
        state.withLock(\.loop)?.report(input)
    }

    /// Takes a call from outside.
    ///
    /// - Throws: 503 while the agent starts or ends, or has too much to do.
    func submit(_ input: AgentInput) throws(Refusal) {
        let loop = state.withLock { $0.isEnding ? nil : $0.loop }
        guard let loop else { throw Refusal(503, "the agent is starting or ending; try again in a moment") }
        guard loop.submit(input) else { throw Refusal(503, "the agent has too many calls waiting; send this one again in a moment") }
    }
}
