public import NIOCore
import Synchronization

/// A request's body that is handed on as it comes. Usable from any thread.
///
/// What was not taken yet is held in memory, up to a limit; then the client is made to wait.
public final class HTTPBodyStream: Sendable {
    private enum End {
        case whole
        /// The client went, or sent what is no body.
        case broken
    }

    private struct State {
        var pieces = CircularBuffer<ByteBuffer>()
        var count = 0
        var end: End?
        var reader: CheckedContinuation<Void, Never>?
        var isPaused = false
        var isGivenUp = false
        var whenUseless: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let connection: NIOLoopBound<HTTPConnection>
    private let worker: EventLoopWorker

    /// Bytes that are held before the client is made to wait.
    private static let limit = 256 * 1024

    init(_ connection: NIOLoopBound<HTTPConnection>, _ worker: EventLoopWorker) {
        self.connection = connection
        self.worker = worker
    }

    /// The next piece; nothing at the end. To be called by one task, one call after the other.
    ///
    /// - Throws: ``HTTPBodyBroken`` if the client went before the end.
    public func next() async throws(HTTPBodyBroken) -> ByteBuffer? {
        while true {
            let (piece, end, resumes) = state.withLock { state -> (ByteBuffer?, End?, Bool) in
                let piece = state.pieces.popFirst()
                state.count -= piece?.readableBytes ?? 0
                let resumes = state.isPaused && state.count < Self.limit / 2
                if resumes { state.isPaused = false }
                return (piece, state.end, resumes)
            }
            if resumes { worker.deliver(.resume(connection)) }
            if let piece { return piece }
            switch end {
            case .whole: return nil
            case .broken: throw HTTPBodyBroken()
            case nil: await wait()
            }
        }
    }

    /// Takes no more: the next piece is the end.
    public func giveUp() {
        change { state in
            state.end = state.end ?? .whole
            state.isGivenUp = true
        }
    }

    /// Calls back once when it is of no use to go on with what was taken: the client has gone, or ``giveUp()`` was called.
    public func whenUseless(_ action: @escaping @Sendable () -> Void) {
        let isUseless = state.withLock { state in
            let isUseless = state.isGivenUp || state.end == .broken
            if !isUseless { state.whenUseless = action }
            return isUseless
        }
        if isUseless { action() }
    }

    /// Whether ``giveUp()`` was called.
    public var isGivenUp: Bool { state.withLock(\.isGivenUp) }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.pieces.isEmpty, state.end == nil else { return true }
                state.reader = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    // MARK: For the connection, on its event loop

    /// Whether the client may send more now; asked for again when it may, if it may not.
    var takesMore: Bool {
        state.withLock { state in
            state.isPaused = state.count >= Self.limit
            return !state.isPaused
        }
    }

    func append(_ piece: ByteBuffer) {
        change { state in
            state.pieces.append(piece)
            state.count += piece.readableBytes
        }
    }

    func finish() {
        change { $0.end = $0.end ?? .whole }
    }

    func fail() {
        change { $0.end = $0.end ?? .broken }
    }

    private func change(_ change: (inout State) -> Void) {
        let (reader, whenUseless) = state.withLock { state in
            change(&state)
            defer { state.reader = nil }
            guard state.isGivenUp || state.end == .broken else { return (state.reader, nil as (@Sendable () -> Void)?) }
            defer { state.whenUseless = nil }
            return (state.reader, state.whenUseless)
        }
        reader?.resume()
        whenUseless?()
    }
}

/// The client went before its request's body was whole.
public struct HTTPBodyBroken: Error, Sendable {}
