public import Foundation
import Synchronization

/// The `agora` binary of this build, run as a user runs it.
public final class AgoraProcess: Sendable {
    private let process: Process
    private let output = Collector()
    private let errors = Collector()

    /// The process id.
    public var pid: Int32 { process.processIdentifier }

    /// The binary that `swift build` made beside the tests.
    public static var binary: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "agora", directoryHint: .notDirectory)
    }

    /// Starts `agora` with the arguments. The environment is the test's own with these changes.
    public init(_ arguments: [String], environment: [String: String] = [:], directory: URL? = nil) throws {
        process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.pipe()
        process.standardError = errors.pipe()
        try process.run()
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { process.isRunning }

    /// What it has printed so far.
    public var standardOutput: String { output.text }

    /// What it has printed to standard error so far.
    public var standardError: String { errors.text }

    /// Sends the signal.
    public func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits until it ends and gives its exit status, 128 + n after signal n; nil if the time is over before.
    public func exitStatus(within patience: Duration = .seconds(30)) async -> Int32? {
        let hasEnded = await eventually(within: patience) { !isRunning }
        guard hasEnded else { return nil }
        return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
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
}

/// Takes in what a process writes into a pipe.
private final class Collector: Sendable {
    private let data = Mutex(Data())

    var text: String { String(decoding: data.withLock { $0 }, as: UTF8.self) }

    func pipe() -> Pipe {
        let pipe = Pipe()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let piece = handle.availableData
            if piece.isEmpty { handle.readabilityHandler = nil } else { self.data.withLock { $0.append(piece) } }
        }
        return pipe
    }
}

/// Asks again and again, a few milliseconds apart, until the condition holds: for events of other processes that
/// nobody announces. False if the time is over before.
public func eventually(within patience: Duration = .seconds(20), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + patience
    while try await !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return true
}
