import Foundation

/// The two tables of `agora top`.
enum TopTables {
    static let nodes = FittedTable<TopNode>(columns: [
        .init("NODE", rank: 0, width: 12, isText: true) { $0.node },
        .init("STATE", rank: 1, width: 9, isText: true) { $0.state.lowercased() },
        .init("CPUS", rank: 0, width: 5) { number($0.cpusUsed) },
        .init("ALLOC", rank: 2) { number($0.cpusAllocated) },
        .init("OF", rank: 2, width: 5) { number($0.cpus) },
        .init("", rank: 5, isText: true) { bar($0.cpusUsed, $0.cpusAllocated, of: $0.cpus) },
        .init("MEMORY", rank: 0, width: 9) { bytes($0.memoryUsed) },
        .init("ALLOC", rank: 2, width: 9) { bytes($0.memoryAllocated) },
        .init("OF", rank: 2, width: 9) { bytes($0.memory) },
        .init("", rank: 4, isText: true) { bar($0.memoryUsed.map { Double($0) }, Double($0.memoryAllocated), of: Double($0.memory)) },
        .init("CONTAINERS", rank: 3) { $0.containers.map(String.init) ?? "-" },
    ])

    static let containers = FittedTable<TopState.Row>(columns: [
        .init("TASK", rank: 0, width: 12, isText: true) {
            String(repeating: "  ", count: $0.depth) + ($0.depth > 0 ? "└ " : "") + $0.container.task
        },
        .init("FRAMEWORK", rank: 4, width: 9, isText: true) { $0.container.framework },
        .init("NODE", rank: 3, width: 9, isText: true) { $0.container.node },
        .init("CPU%", rank: 0, width: 6) { percent($0.container.cpuPercent) },
        .init("MEMORY", rank: 0, width: 9) { bytes($0.container.memory) },
        .init("LIMIT", rank: 1, width: 9) { bytes($0.container.memoryLimit) },
        .init("PROCS", rank: 2) { $0.container.processes.map(String.init) ?? "-" },
        .init("THROTTLED", rank: 5) { $0.container.throttledPercent.map { "\(Int($0.rounded()))%" } ?? "-" },
        .init("NET IN/S", rank: 6, width: 9) { bytes($0.container.received.map(whole)) },
        .init("NET OUT/S", rank: 6, width: 9) { bytes($0.container.sent.map(whole)) },
    ])

    /// A machine's part that is used, allocated and not used, and free: "##...     ".
    static func bar(_ used: Double?, _ allocated: Double, of total: Double) -> String {
        let length = 10
        func part(_ amount: Double) -> Int {
            total > 0 && amount > 0 ? Int((min(1, amount / total) * Double(length)).rounded(.up)) : 0
        }
        let (usedPart, allocatedPart) = (part(used ?? 0), part(allocated))
        let marks = String(repeating: "#", count: usedPart) + String(repeating: ".", count: max(0, allocatedPart - usedPart))
        return "[\(marks)\(String(repeating: " ", count: length - marks.count))]"
    }

    static func number(_ value: Double?) -> String { value.map { String(format: "%.1f", $0) } ?? "-" }
    static func percent(_ value: Double?) -> String { value.map { String(format: "%.1f", $0) } ?? "-" }
    static func bytes(_ value: UInt64?) -> String { value.map(ByteText.text) ?? "-" }

    private static func whole(_ value: Double) -> UInt64 { UInt64(exactly: value.rounded()) ?? 0 }
}
