import Dispatch
import Foundation

/// Standard output and standard error, in order and without blocking the rest of the program.
///
/// Writing to a pipe whose reader is slow waits; that must not hold up the threads that listen for Ctrl-C.
struct Terminal: Sendable {
    enum Stream: Int32, Sendable {
        case output = 1
        case error = 2
    }

    private static let queue = DispatchQueue(label: "agora.terminal")

    /// Whether colours and progress may be shown on a stream: it is a terminal, and the user has not set NO_COLOR
    /// (https://no-color.org).
    static func isColourful(_ stream: Stream) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(stream.rawValue) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Whether what stands on a stream can be written over: it is a terminal that knows how.
    static func isRedrawable(_ stream: Stream) -> Bool {
        isatty(stream.rawValue) == 1 && !["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"] ?? "")
    }

    /// How large a stream's terminal is; nil without one, or if it does not say.
    static func size(_ stream: Stream) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all bytes; false if nobody reads the stream any more.
    @discardableResult
    static func write(_ bytes: [UInt8], to stream: Stream) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: writeAll(bytes, to: stream)) }
        }
    }

    /// A line for the user beside the output proper: "agora: …" on standard error.
    static func note(_ text: String) async {
        let line = isColourful(.error) ? "\u{1b}[2magora: \(text)\u{1b}[0m\n" : "agora: \(text)\n"
        await write([UInt8](line.utf8), to: .error)
    }

    /// Text that a command prints as its result.
    static func print(_ text: String) async {
        await write([UInt8]((text.hasSuffix("\n") ? text : text + "\n").utf8), to: .output)
    }

    private static func writeAll(_ bytes: [UInt8], to stream: Stream) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                // Somebody made the terminal non-blocking: wait until it takes more.
                var descriptor = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
                poll(&descriptor, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
