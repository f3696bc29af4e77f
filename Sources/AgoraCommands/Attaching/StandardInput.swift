import Dispatch
import Glibc

/// What is typed or piped into this command.
enum StandardInput {
    private static let queue = DispatchQueue(label: "agora.input")
    private static let chunk = 32 << 10

    /// What comes next; nothing at the end. Waits on a thread of its own.
    static func read() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: readNow()) }
        }
    }

    private static func readNow() -> [UInt8]? {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, filled in
                count = Glibc.read(STDIN_FILENO, buffer.baseAddress, chunk)
                filled = max(count, 0)
            }
            if count > 0 { return bytes }
            guard count < 0 else { return nil }
            if errno == EAGAIN {
                var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                poll(&input, 1, -1)
            } else if errno != EINTR {
                return nil
            }
        }
    }
}
