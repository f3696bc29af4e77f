public import Foundation
import Synchronization

/// A program of this machine that runs beside the test.
///
/// Foundation's `Process` learns of an end from a socket, which a program that is started at the same moment inherits: with
/// many at a time, ends are missed. Here the kernel is asked, and what a program prints is kept in files without a name.
public final class Program: Sendable {
    /// The process id.
    public let pid: Int32
    private let output: Int32
    private let errors: Int32
    private let ending = Mutex<Int32?>(nil)

    /// Starts it, with nothing to read, in an environment that is the test's own unless one is given.
    ///
    /// - Parameters:
    ///   - path: the program; without a slash it is looked for in `PATH`.
    ///   - mergesErrors: whether standard error goes where standard output goes.
    public init(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        mergesErrors: Bool = false
    ) throws {
        output = try Self.file()
        errors = mergesErrors ? output : try Self.file()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var number: pid_t = 0
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        let code = posix_spawnp(&number, path, &actions, &attributes, words, variables)
        pid = number
        guard code == 0 else {
            ending.withLock { $0 = 127 }
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
    }

    deinit {
        if isRunning {
            signal(SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(output)
        if errors != output { close(errors) }
    }

    /// Runs a program to its end, which must come within two minutes; standard error is part of the output.
    public static func run(_ path: String, _ arguments: [String]) async throws -> Ended {
        await (try Program(path, arguments, mergesErrors: true)).ended(within: .seconds(120))
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { status == nil }

    /// What it has printed so far.
    public var standardOutput: String { Self.read(output) }

    /// What it has printed to standard error so far.
    public var standardError: String { Self.read(errors) }

    /// Sends the signal.
    public func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits until it ends and gives its exit status, 128 + n after signal n; nil if the time is over before.
    public func exitStatus(within patience: Duration = .seconds(30)) async -> Int32? {
        _ = await eventually(within: patience) { !isRunning }
        return status
    }

    /// Ends it as Ctrl-C does and waits; kills it if it does not end in time. True if it ended by itself.
    @discardableResult
    public func stop(within patience: Duration = .seconds(30)) async -> Bool {
        guard isRunning else { return true }
        signal(SIGINT)
        if await exitStatus(within: patience) != nil { return true }
        signal(SIGKILL)
        _ = await exitStatus()
        return false
    }

    private var status: Int32? {
        ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(pid, &status, WNOHANG) == pid {
                let signal = status & 0x7f
                ending = signal == 0 ? status >> 8 & 0xff : 128 + signal
            }
            return ending
        }
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: size(of: descriptor))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    /// The kernel keeps one place for reading and writing both: only its number of bytes is asked for.
    private static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// A file without a name.
    private static func file() throws -> Int32 {
        let path = FileManager.default.temporaryDirectory.appending(path: "agora-test-\(UUID().uuidString)").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        unlink(path)
        return descriptor
    }
}
