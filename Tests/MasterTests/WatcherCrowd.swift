import Foundation
import TestSupport

/// Many who SUBSCRIBE to the events of a master, each on a connection of its own, read by one thread.
final class WatcherCrowd: @unchecked Sendable {
    // Unchecked because the compiler cannot know that one task alone uses it.
    private struct Watcher {
        let descriptor: Int32
        /// The newest bytes, in which words may begin.
        var tail: [UInt8] = []
        var hasSeen = false
        var isOver = false
    }

    private var watchers: [Watcher] = []

    /// Opens all connections and asks on each; reads nothing yet.
    init(port: Int, count: Int) throws {
        for _ in 0..<count { watchers.append(Watcher(descriptor: try Self.subscribe(port))) }
    }

    deinit {
        for watcher in watchers { close(watcher.descriptor) }
    }

    /// How many the master has cut off.
    var cutOff: Int { watchers.count(where: \.isOver) }

    /// Reads as fast as it can on some of the connections until these words came on each of them, or the time is over.
    ///
    /// - Parameter slowly: bytes that are read every few milliseconds on each connection; without it all that there is.
    /// - Returns: on how many the words came.
    func read(_ range: Range<Int>, until words: String, within patience: Duration, slowly: Int? = nil) async -> Int {
        await aside { [self] in readHere(range, until: words, within: patience, slowly: slowly) }
    }

    private func readHere(_ range: Range<Int>, until words: String, within patience: Duration, slowly: Int?) -> Int {
        for number in range { watchers[number].hasSeen = false }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            let open = range.filter { !watchers[$0].isOver && (slowly != nil || !watchers[$0].hasSeen) }
            if open.isEmpty || range.allSatisfy({ watchers[$0].hasSeen }) { break }
            var polls = open.map { pollfd(fd: watchers[$0].descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&polls, nfds_t(polls.count), 100) > 0 else { continue }
            for (number, poll) in zip(open, polls) where poll.revents != 0 {
                take(number, at: slowly ?? 256 << 10, words)
            }
            if slowly != nil { usleep(5000) }
        }
        return range.count { watchers[$0].hasSeen }
    }

    private func take(_ number: Int, at most: Int, _ words: String) {
        var bytes = [UInt8](repeating: 0, count: most)
        let count = recv(watchers[number].descriptor, &bytes, bytes.count, 0)
        guard count > 0 else {
            watchers[number].isOver = true
            return
        }
        let text = watchers[number].tail + bytes[..<count]
        let isThere = (text + [0]).withUnsafeBytes { $0.baseAddress.map { strstr($0, words) != nil } }
        if isThere == true { watchers[number].hasSeen = true }
        watchers[number].tail = Array(text.suffix(words.utf8.count - 1))
    }

    /// HTTP/1.0, so that nothing stands between the bytes of the records.
    private static func subscribe(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var size = Int32(64 << 10)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else { throw Failure("cannot connect: \(errno)") }
        let body = #"{"type": "SUBSCRIBE"}"#
        let head = "POST /api/v1 HTTP/1.0\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let request = Array((head + body).utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw Failure("cannot write") }
        return descriptor
    }
}
