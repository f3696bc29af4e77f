public import NIOCore
import Synchronization

/// A long body that is being made, in pieces, while those who asked for it read it already, each at its own pace.
public final class PageBody: Sendable {
    private struct State {
        var pieces: [ByteBuffer] = []
        var bytes = 0
        var isComplete = false
        var isAbandoned = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var abandoners: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// A body of which nothing is made yet.
    public init() {}

    /// How many pieces it has; only the whole body's number says something.
    var pieceCount: Int { state.withLock { $0.isComplete ? $0.pieces.count : .max } }

    /// Whether all of it is there to be read.
    var isWhole: Bool { state.withLock { $0.isComplete && !$0.isAbandoned } }

    /// How many bytes it holds.
    public var bytes: Int { state.withLock(\.bytes) }

    /// Adds a piece.
    public func append(_ piece: ByteBuffer) {
        wake { state in
            guard !state.isAbandoned else { return }
            state.pieces.append(piece)
            state.bytes += piece.readableBytes
        }
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
        while true {
            let (piece, isOver) = state.withLock { state in
                (number < state.pieces.count ? state.pieces[number] : nil, state.isComplete || state.isAbandoned)
            }
            if piece != nil || isOver { return piece }
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    let isLate = number < state.pieces.count || state.isComplete || state.isAbandoned
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
