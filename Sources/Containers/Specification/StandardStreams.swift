public import LinuxKernel

/// What a container's command has as its standard input, output and error.
public struct StandardStreams: Sendable {
    /// Where what it prints goes.
    public enum Output: Sendable {
        /// Into the files `stdout` and `stderr` of the sandbox; what a terminal shows, into the first alone.
        case files
        /// Nowhere.
        case discarded
        /// To whoever holds the session, and nowhere else.
        case session(ContainerSession)
    }

    /// Where what it prints goes.
    public var output = Output.files
    /// How large the files may become; nothing: as large as they get.
    public var logLimit: LogLimit?
    /// Whether all three are a terminal, and how large it is at first.
    public var terminal: TerminalSize?
    /// Whether its input stays open, for ``Containerizer/input(of:)``; otherwise it is empty. A terminal and a session
    /// always have an input.
    public var keepsInput = false

    /// Files for the output, and no input.
    public init() {}

    /// Whether the container's first process handles what the command prints: it must not end while files are changed.
    var areRelayed: Bool {
        guard case .files = output else { return false }
        return terminal != nil || logLimit != nil
    }
}

/// How large the files of a container's output become. The newest output is in `stdout`, older output in `stdout.1`,
/// `stdout.2` and so on; likewise for `stderr`.
public struct LogLimit: Sendable, Hashable {
    /// Bytes of a file, in whole KiB.
    public var bytes: Int64
    /// How many there are of each, the newest included.
    public var files: Int

    /// A limit.
    public init(bytes: Int64, files: Int) {
        self.bytes = bytes
        self.files = files
    }

    /// What each of the two numbers may be.
    public static let rangeOfBytes: ClosedRange<Int64> = 1024...(1 << 40)
    /// What each of the two numbers may be.
    public static let rangeOfFiles = 1...1000
}
