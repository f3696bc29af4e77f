import HTTPService
import Synchronization

/// A large answer that many ask for at once: those who ask while it is being made get the next one, made once for them all, and
/// read it while it is being made.
///
/// What somebody gets is never older than the question.
final class SharedPage: Sendable {
    typealias Answer = @Sendable (PageBody) -> Void

    private struct State {
        var waiting: [Answer] = []
        var isMaking = false
    }

    private let state = Mutex(State())
    private let kept: KeptPages
    private let make: @Sendable (PageBody) async -> Void

    /// How many may wait for the next one.
    private static let places = 1024

    /// - Parameters:
    ///   - kept: the pages that are read; one for all that this process makes.
    ///   - make: fills a page; when it returns, the page is whole.
    init(_ kept: KeptPages, make: @escaping @Sendable (PageBody) async -> Void) {
        self.kept = kept
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
        while await kept.turns.take({ await self.makeNext() }) {}
    }

    /// False if nobody waits.
    private func makeNext() async -> Bool {
        guard let waiting = takeWaiting() else { return false }
        let body = PageBody()
        kept.add(body)
        for answer in waiting { answer(body) }
        await make(body)
        body.finish()
        kept.shed()
        return true
    }

    private func takeWaiting() -> [Answer]? {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isMaking = !state.waiting.isEmpty
            return state.isMaking ? state.waiting : nil
        }
    }
}
