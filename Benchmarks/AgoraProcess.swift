import Foundation

/// A daemon under measurement: the release binary in a process of its own, stopped at the end.
final class AgoraProcess {
    private let process = Process()
    private let arguments: [String]
    let workDirectory: URL

    var pid: Int32 { process.processIdentifier }

    /// Starts `agora` with the arguments; `{work}` in them stands for a fresh folder, or for the one that is given.
    init(_ arguments: [String], in folder: URL? = nil) throws {
        self.arguments = arguments
        workDirectory = folder ?? FileManager.default.temporaryDirectory.appending(path: "agora-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: workDirectory, withIntermediateDirectories: true)
        process.executableURL = Self.binary
        process.arguments = arguments.map { $0.replacing("{work}", with: workDirectory.path) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let log = workDirectory.appending(path: "log")
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    /// Ends it as Ctrl-C would, and waits.
    func stop() {
        process.interrupt()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: workDirectory)
    }

    /// Ends it as a crash would, and leaves its folder.
    func crash() {
        kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    /// Starts the same again in the same folder.
    func startedAgain() throws -> AgoraProcess {
        try AgoraProcess(arguments, in: workDirectory)
    }

    /// `agora` beside this program.
    static var binary: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "agora")
    }
}

/// Proportional set size of a process in KiB: its private pages and its part of the shared ones. See proc(5), smaps_rollup.
func proportionalSetSize(of pid: Int32) throws -> Double {
    let text = try String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Double($0) } ?? 0
}

/// A port nobody listens on now.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
        }
    }
    guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    return Int(UInt16(bigEndian: address.sin_port))
}
