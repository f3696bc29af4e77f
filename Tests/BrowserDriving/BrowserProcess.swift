import Foundation
import Synchronization

/// A Chromium without a window, spoken to over two pipes: it reads messages from its descriptor 3 and writes to 4, each ended by a
/// zero byte (`--remote-debugging-pipe` of the Chrome DevTools Protocol).
final class BrowserProcess: Sendable {
    /// Called with every message, on the thread that reads.
    typealias Receive = @Sendable ([String: Any]) -> Void

    private let pid: Int32
    private let input: Int32

    /// Starts it with a profile of its own in `folder`.
    init(folder: String, receive: @escaping Receive) throws {
        let (toBrowser, fromBrowser) = (try Self.channel(), try Self.channel())
        pid = try Self.spawn(folder, reads: toBrowser.read, writes: fromBrowser.write)
        close(toBrowser.read)
        close(fromBrowser.write)
        input = toBrowser.write
        let thread = Thread { Self.read(fromBrowser.read, receive) }
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Sends one message, in JSON.
    func send(_ message: Data) throws {
        var bytes = Array(message) + [0]
        while !bytes.isEmpty {
            let count = write(input, bytes, bytes.count)
            guard count > 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPIPE) }
            bytes.removeFirst(count)
        }
    }

    /// Ends it and all its processes; without its pipe it ends by itself.
    func end() async {
        close(input)
        let deadline = ContinuousClock.now + .seconds(5)
        while waitpid(pid, nil, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { kill(-pid, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(10))
        }
        kill(-pid, SIGKILL)
    }

    private static let program = "/usr/lib/chromium/chromium"

    private static func arguments(_ folder: String) -> [String] {
        [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
            "--user-data-dir=\(folder)", "about:blank",
        ]
    }

    private static func spawn(_ folder: String, reads: Int32, writes: Int32) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        posix_spawn_file_actions_adddup2(&actions, reads, 3)
        posix_spawn_file_actions_adddup2(&actions, writes, 4)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: so none of its many processes is left.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let environment = ["HOME=\(folder)", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC"]
        let words: [UnsafeMutablePointer<CChar>?] = arguments(folder).map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, words, variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT) }
        return pid
    }

    /// Descriptors far from those that the browser gets, so that none stands in the way of another.
    private static func channel() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
        defer { ends.forEach { close($0) } }
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 64) }
        return (moved[0], moved[1])
    }

    private static func read(_ descriptor: Int32, _ receive: Receive) {
        defer { close(descriptor) }
        var held = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = Foundation.read(descriptor, &piece, piece.count), count > 0 {
            held.append(contentsOf: piece[..<count])
            while let end = held.firstIndex(of: 0) {
                if let message = try? JSONSerialization.jsonObject(with: held[..<end]) as? [String: Any] { receive(message) }
                held = held[(end + 1)...]
            }
            held = Data(held)
        }
    }
}
