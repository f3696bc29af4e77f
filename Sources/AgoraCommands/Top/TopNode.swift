import MesosMessages

/// A machine as `agora top` shows it.
struct TopNode: Encodable, Hashable, Sendable {
    /// By what it is known.
    struct Identity: Hashable, Sendable {
        let name: String
        let agentID: String
    }

    let node: String
    let address: String
    let agentID: String
    /// As `agora nodes` has it, or why its agent does not say what it runs.
    let state: String
    let cpus: Double
    let cpusAllocated: Double
    /// What its containers use; nothing as long as its agent was not asked twice.
    var cpusUsed: Double?
    let memory: UInt64
    let memoryAllocated: UInt64
    var memoryUsed: UInt64?
    /// How many containers it runs, nested ones not counted.
    var containers: Int?

    private enum CodingKeys: String, CodingKey {
        case node, address, state, cpus, containers
        case agentID = "agent_id"
        case cpusAllocated = "cpus_allocated"
        case cpusUsed = "cpus_used"
        case memory = "memory_bytes"
        case memoryAllocated = "memory_allocated_bytes"
        case memoryUsed = "memory_used_bytes"
    }

    /// - Parameter answers: false if its agent was asked and did not answer.
    init(_ agent: Mesos_V1_Master_Response.GetAgents.Agent, answers: Bool) {
        let row = NodeRow(agent)
        node = row.node
        address = row.address
        agentID = row.agentID
        state = answers || row.state != "active" ? row.state : "no answer"
        cpus = row.total["cpus"] ?? 0
        cpusAllocated = row.used["cpus"] ?? 0
        memory = Self.bytes(row.total["mem"])
        memoryAllocated = Self.bytes(row.used["mem"])
    }

    /// Adds up what its containers use.
    mutating func count(_ found: [TopContainer]) {
        let outer = found.filter { $0.parent == nil }
        containers = outer.count
        let cpu = outer.compactMap(\.cpuPercent)
        if !cpu.isEmpty || outer.isEmpty { cpusUsed = cpu.reduce(0, +) / 100 }
        memoryUsed = outer.compactMap(\.memory).reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    /// Of mebibytes, as resources are told.
    private static func bytes(_ mebibytes: Double?) -> UInt64 {
        UInt64(exactly: ((mebibytes ?? 0) * 1_048_576).rounded()) ?? 0
    }
}
