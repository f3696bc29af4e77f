import NIOCore
import Synchronization

/// A large page that many ask for at once: those who ask while it is being made get the next one, made once for them all.
///
/// What somebody gets is never older than the question.
final class SharedPage: Sendable {
    typealias Answer = @Sendable (ByteBuffer) -> Void

    private struct State {
        var waiting: [Answer] = []
        var isMaking = false
    }

    private let state = Mutex(State())
    private let make: @Sendable () async -> ByteBuffer

    /// How many may wait for the next one.
    private static let places = 1024

    init(make: @escaping @Sendable () async -> ByteBuffer) {
        self.make = make
    }

    /// Has `answer` called with the page; false if too many wait already.
    func ask(_ answer: @escaping Answer) -> Bool {
        let (hasPlace, mustMake) = state.withLock { state in
            guard state.waiting.count < Self.places else { return (false, false) }
            state.waiting.append(answer)
            defer { state.isMaking = true }
            return (true, !state.isMaking)
        }
        if mustMake { Task { await makeForAll() } }
        return hasPlace
    }

    private func makeForAll() async {
        while let waiting = takeWaiting() {
            let page = await make()
            for answer in waiting { answer(page) }
        }
    }

    private func takeWaiting() -> [Answer]? {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isMaking = !state.waiting.isEmpty
            return state.isMaking ? state.waiting : nil
        }
    }
}
