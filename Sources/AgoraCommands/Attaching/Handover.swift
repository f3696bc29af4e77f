import Synchronization

/// Values from several senders for one receiver, each sender waiting until its value was taken: so nothing piles up.
final class Handover<Value: Sendable>: AsyncSequence, Sendable {
    private struct Offer {
        let value: Value
        let taken: CheckedContinuation<Void, Never>
    }

    private struct State {
        var offers: [Offer] = []
        var receiver: CheckedContinuation<Void, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Waits until the value is taken, or nobody takes values any more.
    func send(_ value: Value) async {
        await withCheckedContinuation { continuation in
            let (receiver, isFinished) = state.withLock { state in
                if !state.isFinished { state.offers.append(Offer(value: value, taken: continuation)) }
                defer { state.receiver = nil }
                return (state.receiver, state.isFinished)
            }
            receiver?.resume()
            if isFinished { continuation.resume() }
        }
    }

    /// Ends the sequence; what was not taken is not sent.
    func finish() {
        let (receiver, offers) = state.withLock { state in
            state.isFinished = true
            defer {
                state.receiver = nil
                state.offers = []
            }
            return (state.receiver, state.offers)
        }
        for offer in offers { offer.taken.resume() }
        receiver?.resume()
    }

    private func next() async -> Value? {
        while true {
            let (offer, isFinished) = state.withLock { state -> (Offer?, Bool) in
                (state.offers.isEmpty ? nil : state.offers.removeFirst(), state.isFinished)
            }
            if let offer {
                offer.taken.resume()
                return offer.value
            }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.offers.isEmpty, !state.isFinished else { return true }
                    state.receiver = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let handover: Handover

        mutating func next() async -> Value? { await handover.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(handover: self) }
}
