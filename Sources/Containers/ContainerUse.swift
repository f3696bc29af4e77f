/// What a container had used by its end; a field is empty where the kernel did not tell.
public struct ContainerUse: Sendable, Hashable {
    /// The most memory that was charged to it at a time, page cache included, in bytes.
    public var memoryPeakBytes: Int64?
    /// What that could be at most, in bytes; nothing: it had no limit of its own.
    public var memoryLimitBytes: Int64?
    /// Processor time spent in its programs, in microseconds.
    public var cpuUserMicroseconds: Int64?
    /// Processor time spent in the kernel for them, in microseconds.
    public var cpuSystemMicroseconds: Int64?
    /// Whether it had no cgroup of its own: the figures are those of the one around it, with all that is in there.
    public var isShared = false

    /// Knows nothing yet.
    public init() {}

    /// Whether the kernel told anything.
    var isKnown: Bool { memoryPeakBytes != nil || cpuUserMicroseconds != nil }
}

/// How it is written down: four numbers or "-", and a word if it is shared.
extension ContainerUse {
    var text: String {
        let numbers = [memoryPeakBytes, memoryLimitBytes, cpuUserMicroseconds, cpuSystemMicroseconds]
        return (numbers.map { $0.map(String.init) ?? "-" } + (isShared ? ["shared"] : [])).joined(separator: " ")
    }

    init?(reading text: String) {
        let words = text.split(separator: " ")
        guard words.count >= 4 else { return nil }
        let numbers = words.prefix(4).map { Int64($0) }
        memoryPeakBytes = numbers[0]
        memoryLimitBytes = numbers[1]
        cpuUserMicroseconds = numbers[2]
        cpuSystemMicroseconds = numbers[3]
        isShared = words.dropFirst(4).first == "shared"
    }
}
