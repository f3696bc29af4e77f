/// What went through network interfaces since they were made.
public struct NetworkCounters: Hashable, Sendable {
    /// One direction.
    public struct Direction: Hashable, Sendable {
        /// Bytes of all packets.
        public var bytes: UInt64 = 0
        /// Packets.
        public var packets: UInt64 = 0
        /// Packets that were broken.
        public var errors: UInt64 = 0
        /// Packets for which there was no room.
        public var drops: UInt64 = 0
    }

    /// What came in.
    public var received = Direction()
    /// What went out.
    public var sent = Direction()

    /// All interfaces but the loopback of the network namespace that a process is in, added up (`net/dev`, proc(5)).
    public init(ofProcess pid: Int32) throws(KernelError) {
        self.init(parsing: try SmallFile.read("/proc/\(pid)/net/dev"))
    }

    /// Reads the table: a name and a colon, then eight numbers for each direction. Other lines are passed over.
    init(parsing table: String) {
        for line in table.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) != "lo" else { continue }
            let numbers = parts[1].split(separator: " ").compactMap { UInt64($0) }
            guard numbers.count >= 12 else { continue }
            received.add(numbers[0..<4])
            sent.add(numbers[8..<12])
        }
    }
}

extension NetworkCounters.Direction {
    /// Counters of 64 bits may turn around, as the kernel's do.
    fileprivate mutating func add(_ numbers: ArraySlice<UInt64>) {
        bytes &+= numbers[numbers.startIndex]
        packets &+= numbers[numbers.startIndex + 1]
        errors &+= numbers[numbers.startIndex + 2]
        drops &+= numbers[numbers.startIndex + 3]
    }
}
