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
    /// What it had used by then; nothing if that was not seen.
    public var use: Use?
    /// The ends of what it wrote, by file.
    public var lastOutput: [OutputEnd] = []

    /// What a container had used by its end; a field is empty where the kernel did not tell.
    public struct Use: Hashable, Sendable {
        /// The most memory that was charged to it at a time, page cache included, in bytes.
        public var memoryPeakBytes: Int64?
        /// What that could be at most, in bytes; nothing: it had no limit of its own.
        public var memoryLimitBytes: Int64?
        /// Processor time spent in its programs, in microseconds.
        public var cpuUserMicroseconds: Int64?
        /// Processor time spent in the kernel for them, in microseconds.
        public var cpuSystemMicroseconds: Int64?
        /// Whether these are the figures of the container around it, with all that is in there.
        public var isShared = false

        /// Knows nothing yet.
        public init() {}
    }

    /// The end of one of its output files.
    public struct OutputEnd: Hashable, Sendable {
        /// `stdout` or `stderr`.
        public let name: String
        /// How much of that output was kept in its sandbox then, in bytes.
        public let size: Int64
        /// The last lines, or the end of one that is too long; at most ``AgentLimits/lastOutputBytes``.
        public let bytes: [UInt8]

        /// Describes it.
        public init(name: String, size: Int64, bytes: [UInt8]) {
            self.name = name
            self.size = size
            self.bytes = bytes
        }
    }

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
        guard let signal else { return "exited with status \(waitStatus >> 8 & 0xff)" }
        return "terminated with signal \(Self.signalNames[signal] ?? "\(signal)")"
    }

    /// The signal that ended the first process; nothing if none did.
    public var signal: Int32? { waitStatus & 0x7f == 0 ? nil : waitStatus & 0x7f }

    /// What the first process returned; nothing if a signal ended it.
    public var exitStatus: Int32? { signal == nil ? waitStatus >> 8 & 0xff : nil }

    /// As strsignal(3) names them.
    private static let signalNames: [Int32: String] = [
        1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 5: "Trace/breakpoint trap", 6: "Aborted",
        7: "Bus error", 8: "Floating point exception", 9: "Killed", 10: "User defined signal 1", 11: "Segmentation fault",
        12: "User defined signal 2", 13: "Broken pipe", 14: "Alarm clock", 15: "Terminated", 24: "CPU time limit exceeded",
        25: "File size limit exceeded", 31: "Bad system call",
    ]
}
