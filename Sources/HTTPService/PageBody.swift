public import NIOCore
import Synchronization

/// A long body that is being made, in pieces, while those who asked for it read it already, each at its own pace.
public final class PageBody: Sendable {
    private struct State {
        var pieces: [ByteBuffer] = []
        var bytes = 0
        /// Whether there will be more than one piece.
        var isLong = false
        var isComplete = false
        var isAbandoned = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var abandoners: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// A body of which nothing is made yet.
    public init() {}

    /// Whether all of it is there to be read.
    var isWhole: Bool { state.withLock { $0.isComplete && !$0.isAbandoned } }

    /// How many bytes it holds.
    public var bytes: Int { state.withLock(\.bytes) }

    /// Adds a piece; a long one goes as several, so that none fills a connection.
    public func append(_ piece: ByteBuffer) {
        wake { state in
            guard !state.isAbandoned else { return }
            state.bytes += piece.readableBytes
            var rest = piece
            while let part = rest.readSlice(length: min(rest.readableBytes, Self.longestPiece)), part.readableBytes > 0 {
                state.pieces.append(part)
            }
            // What is made in pieces has more of them behind a long one.
            if state.pieces.count > 1 || piece.readableBytes >= Self.longPiece { state.isLong = true }
        }
    }

    private static let longestPiece = 256 << 10
    private static let longPiece = 64 << 10

    /// Says that there will be more than one piece, so that those who ask are answered before it is seen.
    public func expectMore() {
        wake { $0.isLong = true }
    }

    /// Whether one piece is all, once that is known.
    func isOnePiece() async -> Bool {
        await wait { $0.isLong }
        return state.withLock { $0.isComplete && $0.pieces.count == 1 }
    }

    /// Nothing comes any more.
    public func finish() {
        wake { $0.isComplete = true }
    }

    /// Lets the pieces go: those who have not read them all are cut off.
    public func abandon() {
        wake { state in
            state.isAbandoned = true
            state.pieces = []
            state.bytes = 0
        }
        let abandoners = state.withLock { state in
            defer { state.abandoners = [] }
            return state.abandoners
        }
        for abandoner in abandoners { abandoner() }
    }

    func onAbandon(_ abandoner: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isAbandoned { state.abandoners.append(abandoner) }
            return state.isAbandoned
        }
        if isLate { abandoner() }
    }

    /// A piece by its number, when it is there; nil behind the last one, or if the body was abandoned.
    func piece(_ number: Int) async -> ByteBuffer? {
        await wait { number < $0.pieces.count }
        return state.withLock { number < $0.pieces.count ? $0.pieces[number] : nil }
    }

    /// Waits until something is so, or nothing changes any more.
    private func wait(until condition: @Sendable (State) -> Bool) async {
        func isOver(_ state: State) -> Bool { state.isComplete || state.isAbandoned || condition(state) }
        while !state.withLock({ isOver($0) }) {
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    let isLate = isOver(state)
                    if !isLate { state.waiting.append(continuation) }
                    return isLate
                }
                if isLate { continuation.resume() }
            }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
