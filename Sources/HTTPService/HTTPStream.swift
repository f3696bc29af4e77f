public import NIOCore
import Synchronization

/// An answer without an end: bytes are written to it, from any thread, as there is something to say.
///
/// What the client has not read yet is held in memory, up to `maximumBufferedBytes`; a client that lets more pile up is cut off.
/// Writes that come close together reach the client in one packet. Each write is a chunk of its own.
public final class HTTPStream: Sendable {
    private enum Phase {
        case open
        /// Ends once what is pending was handed over.
        case finishing
        case cutOff
        case closed
    }

    private struct State {
        var phase = Phase.open
        /// Framed and not yet handed to the connection.
        var pending = ByteBuffer()
        /// Framed and not yet taken by the kernel, `pending` included.
        var unsentBytes = 0
        var isPumpDue = false
        var waiters: [Waiter] = []
    }

    /// Who waits until less than a number of bytes wait for the client.
    private struct Waiter {
        let limit: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    /// The most bytes that wait for the client, framing included.
    public let maximumBufferedBytes: Int

    private let state = Mutex(State())
    private let connection: NIOLoopBound<HTTPConnection>
    private let worker: EventLoopWorker
    private let isChunked: Bool
    private let onClose: @Sendable () -> Void

    init(
        connection: NIOLoopBound<HTTPConnection>,
        worker: EventLoopWorker,
        isChunked: Bool,
        maximumBufferedBytes: Int,
        onClose: @escaping @Sendable () -> Void
    ) {
        self.connection = connection
        self.worker = worker
        self.isChunked = isChunked
        self.maximumBufferedBytes = min(max(maximumBufferedBytes, 1), HTTPLimits.largestCount)
        self.onClose = onClose
    }

    /// Bytes that wait for the client at this moment.
    public var bufferedBytes: Int {
        state.withLock(\.unsentBytes)
    }

    /// Waits until less than a number of bytes wait for the client, for a writer that can wait.
    ///
    /// - Returns: false if the stream is over.
    public func waitUntilBuffered(below limit: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                let waits = state.phase == .open && state.unsentBytes >= limit
                if waits { state.waiters.append(Waiter(limit: limit, continuation: continuation)) }
                return waits
            }
            if !waits { continuation.resume() }
        }
        return state.withLock { $0.phase == .open }
    }

    /// Writes bytes to the client. Never blocks.
    ///
    /// - Returns: false if they will not arrive: the stream has ended, or ends by this write because its client reads too slowly.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        write(count: bytes.count) { $0.writeBytes(bytes) }
    }

    /// Writes bytes to the client, as `write(_:)` of an array does.
    @discardableResult
    public func write(_ buffer: ByteBuffer) -> Bool {
        write(count: buffer.readableBytes) { $0.writeImmutableBuffer(buffer) }
    }

    /// Ends the stream after what was written. More than once is as once.
    public func finish() {
        let isOpen = state.withLock { state in
            guard state.phase == .open else { return false }
            state.phase = .finishing
            return true
        }
        if isOpen { pump() }
    }

    /// Closes the connection at once: what was not read yet is lost. For clients that read too slowly.
    public func cutOff() {
        let isOpen = state.withLock { state in
            guard state.phase == .open else { return false }
            state.phase = .cutOff
            state.pending = ByteBuffer()
            return true
        }
        if isOpen { pump() }
    }

    private func write(count: Int, _ write: (inout ByteBuffer) -> Void) -> Bool {
        let (isTaken, needsPump) = state.withLock { state -> (Bool, Bool) in
            guard state.phase == .open else { return (false, false) }
            guard count <= maximumBufferedBytes - Self.framingBytes - state.unsentBytes else {
                state.phase = .cutOff
                state.pending = ByteBuffer()
                return (false, true)
            }
            let before = state.pending.writerIndex
            if isChunked { state.pending.writeChunk(count: count, write) } else { write(&state.pending) }
            state.unsentBytes += state.pending.writerIndex - before
            defer { state.isPumpDue = true }
            return (true, !state.isPumpDue)
        }
        if needsPump { pump() }
        return isTaken
    }

    /// A chunk's length in hexadecimal and two line ends, at most.
    private static let framingBytes = 16

    private func pump() {
        worker.deliver(.pump(connection, self))
    }

    // MARK: For the connection, on its event loop

    var isCutOff: Bool {
        state.withLock { $0.phase == .cutOff }
    }

    /// Hands over what was written, and whether it is the last.
    func takePending() -> (bytes: ByteBuffer?, isLast: Bool) {
        state.withLock { state in
            state.isPumpDue = false
            let isLast = state.phase == .finishing
            if isLast, isChunked {
                state.pending.writeLastChunk()
                state.unsentBytes += 5
            }
            guard state.pending.readableBytes > 0 else { return (nil, isLast) }
            defer { state.pending = ByteBuffer() }
            return (state.pending, isLast)
        }
    }

    func wasWritten(_ count: Int) {
        let ready = state.withLock { state -> [Waiter] in
            state.unsentBytes -= count
            let ready = state.waiters.filter { state.unsentBytes < $0.limit }
            if !ready.isEmpty { state.waiters.removeAll { state.unsentBytes < $0.limit } }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// The stream is over, whoever ended it. Its owner hears of it once.
    func connectionEnded() {
        let (wasOpen, waiters) = state.withLock { state -> (Bool, [Waiter]) in
            guard state.phase != .closed else { return (false, []) }
            state.phase = .closed
            state.pending = ByteBuffer()
            defer { state.waiters = [] }
            return (true, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume() }
        if wasOpen { onClose() }
    }
}
