import Glibc

/// Reads a pipe or a terminal, and holds no thread while nothing comes.
public struct StreamReader: Sendable {
    private let descriptor: Descriptor
    private let events: EventThread

    /// - Parameters:
    ///   - descriptor: is made non-blocking.
    ///   - events: the thread that waits for it; it may watch the descriptor for nothing else at the same time.
    public init(_ descriptor: Descriptor, events: EventThread) throws(KernelError) {
        try descriptor.stopWaiting()
        self.descriptor = descriptor
        self.events = events
    }

    /// What comes next; nothing at the end, and when the task is cancelled.
    public func read(upTo limit: Int) async throws(KernelError) -> [UInt8]? {
        while !Task.isCancelled {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
                count = Glibc.read(descriptor.number, buffer.baseAddress, limit)
                filled = max(count, 0)
            }
            if count > 0 { return bytes }
            if count == 0 { return nil }
            switch errno {
            case EINTR: continue
            case EAGAIN: try await events.untilReady(descriptor, for: .reading)
            // A terminal whose other end nobody has open any more (pty(7)).
            case EIO: return nil
            default: throw KernelError("read what a container writes", code: errno)
            }
        }
        return nil
    }
}

/// Writes into a pipe or a terminal, and holds no thread while nobody reads.
public struct StreamWriter: Sendable {
    private let descriptor: Descriptor
    private let events: EventThread

    /// As with ``StreamReader``.
    public init(_ descriptor: Descriptor, events: EventThread) throws(KernelError) {
        try descriptor.stopWaiting()
        self.descriptor = descriptor
        self.events = events
    }

    /// Writes all, unless the task is cancelled.
    ///
    /// - Throws: `EPIPE` or `EIO` if nobody will ever read it, `ECANCELED` if the task is cancelled.
    public func write(_ bytes: [UInt8]) async throws(KernelError) {
        var written = 0
        while written < bytes.count {
            guard !Task.isCancelled else { throw KernelError("write to a container", code: ECANCELED) }
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                try await events.untilReady(descriptor, for: .writing)
            } else if errno != EINTR {
                throw KernelError("write to a container", code: errno)
            }
        }
    }
}
