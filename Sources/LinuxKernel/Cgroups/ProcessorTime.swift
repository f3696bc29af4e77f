/// The processor time that processes of a cgroup used; a field is empty where the kernel does not tell.
public struct ProcessorTime: Hashable, Sendable {
    /// Spent in programs, in microseconds.
    public var userMicroseconds: Int64?
    /// Spent in the kernel for them, in microseconds.
    public var systemMicroseconds: Int64?

    /// Knows what it is told.
    public init(userMicroseconds: Int64? = nil, systemMicroseconds: Int64? = nil) {
        self.userMicroseconds = userMicroseconds
        self.systemMicroseconds = systemMicroseconds
    }

    /// Reads a `cpu.stat` of version 2.
    init(_ table: CounterTable) {
        self.init(userMicroseconds: table["user_usec"], systemMicroseconds: table["system_usec"])
    }
}
