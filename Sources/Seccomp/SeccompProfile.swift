public import LinuxKernel

/// What the system calls of a container's programs lead to, in the terms of Docker's profiles.
public struct SeccompProfile: Hashable, Sendable {
    /// What a system call leads to (seccomp(2)).
    public enum Action: Hashable, Sendable {
        case allow
        case log
        /// It fails with an error number.
        case fail(UInt16)
        case trap
        case trace(UInt16)
        case killThread
        case killProcess

        /// Whether the call is carried out.
        var lets: Bool { self == .allow || self == .log }
    }

    /// A comparison of one argument of a call.
    public struct Argument: Hashable, Sendable {
        /// How an argument is compared with a value.
        public enum Comparison: String, Hashable, Sendable, CaseIterable {
            case notEqual = "SCMP_CMP_NE"
            case less = "SCMP_CMP_LT"
            case lessOrEqual = "SCMP_CMP_LE"
            case equal = "SCMP_CMP_EQ"
            case greaterOrEqual = "SCMP_CMP_GE"
            case greater = "SCMP_CMP_GT"
            /// The bits of `value` in the argument are those of `second`.
            case maskedEqual = "SCMP_CMP_MASKED_EQ"
        }

        /// Which argument; the first is 0, the last 5.
        public var index: UInt32
        /// How it is compared.
        public var comparison: Comparison
        /// With what.
        public var value: UInt64
        /// What a masked comparison expects.
        public var second: UInt64

        /// Compares an argument.
        public init(index: UInt32, comparison: Comparison, value: UInt64, second: UInt64 = 0) {
            self.index = index
            self.comparison = comparison
            self.value = value
            self.second = second
        }
    }

    /// When a rule counts at all.
    public struct Condition: Hashable, Sendable {
        /// Names of processors, as "amd64".
        public var processors: Set<String> = []
        /// Of the container.
        public var capabilities: CapabilitySet = []
        /// The kernel's version, at least.
        public var kernel: KernelVersion?
    }

    /// What some calls lead to.
    public struct Rule: Hashable, Sendable {
        /// The calls, by their names.
        public var calls: [String]
        /// What they lead to.
        public var action: Action
        /// All of these must hold.
        public var arguments: [Argument] = []
        /// What must hold: any of the processors, all of the capabilities.
        public var includes = Condition()
        /// What must not hold: any of the processors, any of the capabilities.
        public var excludes = Condition()
    }

    /// What the calls lead to that no rule names.
    public var defaultAction: Action
    /// The machine's architecture (libseccomp's name) and those whose programs it runs, too.
    public var architectures: [String: [String]]
    /// All must be asked: where several name a call, the arguments decide.
    public var rules: [Rule]

    /// The longest profile that is read, in bytes.
    public static let maximumSize = 1 << 20
    /// How many names of calls all rules may have together.
    public static let maximumCalls = 5000
}

/// The version of a kernel, as far as rules ask for it.
public struct KernelVersion: Hashable, Sendable, Comparable {
    /// As 6 in "6.12.3".
    public var major: Int
    /// As 12 in "6.12.3".
    public var minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads a text that begins with two numbers, as "6.12.3-amd64"; nothing if it does not.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2).prefix(2).map { Int($0.prefix { $0.isASCII && $0.isNumber }) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
        self.major = major
        self.minor = minor
    }

    /// The older is the lesser.
    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
