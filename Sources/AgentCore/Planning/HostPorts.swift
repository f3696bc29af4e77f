import MesosMessages

/// The ports of the machine that a container was given, by its resources named `ports`.
struct HostPorts {
    private let ranges: [ClosedRange<UInt32>]

    private static let all: ClosedRange<UInt64> = 1...65535

    init(_ resources: [Mesos_V1_Resource]) {
        ranges = resources.filter { $0.name == "ports" && $0.type == .ranges }.flatMap(\.ranges.range).compactMap { range in
            guard range.begin <= range.end, Self.all.contains(range.begin), Self.all.contains(range.end) else { return nil }
            return UInt32(range.begin)...UInt32(range.end)
        }
    }

    /// Whether it was given none: then it may map any, as in Mesos.
    var isEmpty: Bool { ranges.isEmpty }

    func contains(_ port: UInt32) -> Bool { ranges.contains { $0.contains(port) } }

    /// The lowest that is not taken.
    func first(except taken: Set<UInt32>) -> UInt32? {
        ranges.sorted { $0.lowerBound < $1.lowerBound }.lazy.flatMap { $0 }.first { !taken.contains($0) }
    }
}
