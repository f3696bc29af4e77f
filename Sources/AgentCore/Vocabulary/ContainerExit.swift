/// How a container ended.
public struct ContainerExit: Hashable, Sendable {
    /// A limit of the container's own, or of one around it, that ended it.
    public enum Limitation: Hashable, Sendable {
        /// The kernel killed it because it used more memory than its limit, in bytes.
        case memory(limitBytes: Int64?)
        /// It had more on the disk than its limit, in bytes.
        case disk(limitBytes: Int64)
    }

    /// The status of its first process, as wait(2) gives it.
    public let waitStatus: Int32
    /// The limit that ended it, if one did.
    public let limitation: Limitation?
    /// What the containerizer has to add, or nothing.
    public let message: String?

    /// Describes an end.
    public init(waitStatus: Int32, limitation: Limitation? = nil, message: String? = nil) {
        self.waitStatus = waitStatus
        self.limitation = limitation
        self.message = message
    }

    /// Whether the first process returned 0.
    public var isSuccess: Bool { waitStatus == 0 && limitation == nil }

    /// The status in words: "exited with status 3", "terminated with signal Killed".
    public var words: String {
        let signal = waitStatus & 0x7f
        guard signal != 0 else { return "exited with status \(waitStatus >> 8 & 0xff)" }
        return "terminated with signal \(Self.signalNames[signal] ?? "\(signal)")"
    }

    /// As strsignal(3) names them.
    private static let signalNames: [Int32: String] = [
        1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 5: "Trace/breakpoint trap", 6: "Aborted",
        7: "Bus error", 8: "Floating point exception", 9: "Killed", 10: "User defined signal 1", 11: "Segmentation fault",
        12: "User defined signal 2", 13: "Broken pipe", 14: "Alarm clock", 15: "Terminated", 24: "CPU time limit exceeded",
        25: "File size limit exceeded", 31: "Bad system call",
    ]
}
