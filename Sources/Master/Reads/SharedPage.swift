import HTTPService
import NIOCore
import Synchronization

/// A large page that many ask for at once: those who ask while it is being made get the next one, made once for them all, and
/// read it while it is being made.
///
/// What somebody gets is never older than the question. Pages that are not read yet are kept up to `keptBytes`; then those who
/// still read the oldest one are cut off.
final class SharedPage: Sendable {
    typealias Answer = @Sendable (PageBody) -> Void

    private struct State {
        var waiting: [Answer] = []
        var isMaking = false
        var read: [Weak] = []
    }

    /// A page that lives while somebody reads it.
    private struct Weak {
        weak var body: PageBody?
    }

    private let state = Mutex(State())
    private let keptBytes: Int
    private let make: @Sendable (PageBody) async -> Void

    /// How many may wait for the next one.
    private static let places = 1024

    /// - Parameter make: fills a page; when it returns, the page is whole.
    init(keptBytes: Int = 512 << 20, make: @escaping @Sendable (PageBody) async -> Void) {
        self.keptBytes = keptBytes
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
            let body = PageBody()
            for answer in waiting { answer(body) }
            await make(body)
            body.finish()
            keep(body)
        }
    }

    private func keep(_ body: PageBody) {
        let surplus = state.withLock { state in
            state.read = state.read.filter { $0.body != nil } + [Weak(body: body)]
            var bytes = state.read.reduce(0) { $0 + ($1.body?.bytes ?? 0) }
            var surplus: [PageBody] = []
            while bytes > keptBytes, state.read.count > 1, let oldest = state.read.removeFirst().body {
                bytes -= oldest.bytes
                surplus.append(oldest)
            }
            return surplus
        }
        for body in surplus { body.abandon() }
    }

    private func takeWaiting() -> [Answer]? {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isMaking = !state.waiting.isEmpty
            return state.isMaking ? state.waiting : nil
        }
    }
}
