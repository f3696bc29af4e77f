import HTTPService
import Synchronization

/// The pages that somebody still reads, of all kinds. They are kept up to a number of bytes; then those who read the oldest one are
/// cut off.
final class KeptPages: Sendable {
    /// A page that lives while somebody reads it.
    private struct Weak {
        weak var body: PageBody?
    }

    /// Who makes a page waits for a turn.
    let turns: Turns

    private let read = Mutex<[Weak]>([])
    private let limit: Int

    /// - Parameter limit: in bytes.
    init(limit: Int = 512 << 20, turns: Turns) {
        self.limit = limit
        self.turns = turns
    }

    /// Takes in a page of which nothing is made yet.
    func add(_ body: PageBody) {
        read.withLock { $0 = $0.filter { $0.body != nil } + [Weak(body: body)] }
    }

    /// Lets the oldest pages go if there are too many bytes. The newest is kept in any case.
    func shed() {
        let surplus = read.withLock { read in
            read.removeAll { $0.body == nil }
            var bytes = read.reduce(0) { $0 + ($1.body?.bytes ?? 0) }
            var surplus: [PageBody] = []
            while bytes > limit, read.count > 1, let oldest = read.removeFirst().body {
                bytes -= oldest.bytes
                surplus.append(oldest)
            }
            return surplus
        }
        for body in surplus { body.abandon() }
    }
}
