import MesosMessages
import Synchronization

/// The calls that wait to be sent on one connection, oldest first.
///
/// Status updates that wait behind each other become one call: one request carries what a burst of endings has to say.
final class CallQueue: Sendable {
    private struct State {
        var calls: [Agora_V1_AgentCall] = []
        var isOpen = true
    }

    private let state = Mutex(State())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    /// A master that takes nothing gets no more than this; it learns the rest from the next subscription.
    static let capacity = 4096

    init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// False: too many wait already.
    func add(_ call: Agora_V1_AgentCall) -> Bool {
        let isTaken = state.withLock { state in
            guard state.isOpen else { return true }
            if call.type == .updateStatus, let last = state.calls.indices.last, state.calls[last].type == .updateStatus {
                state.calls[last].updateStatus.updates += call.updateStatus.updates
                return true
            }
            guard state.calls.count < Self.capacity else { return false }
            state.calls.append(call)
            return true
        }
        ring.yield()
        return isTaken
    }

    /// What waits is still sent, then `next` returns nothing.
    func finish() {
        state.withLock { $0.isOpen = false }
        ring.finish()
    }

    /// All that waits, as soon as something does; nothing once the queue is finished and empty.
    func next() async -> [Agora_V1_AgentCall]? {
        while true {
            let calls = take()
            guard calls.isEmpty else { return calls }
            var iterator = bell.makeAsyncIterator()
            guard await iterator.next() != nil else {
                let rest = take()
                return rest.isEmpty ? nil : rest
            }
        }
    }

    private func take() -> [Agora_V1_AgentCall] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }
}
