/// A container as `agora top` shows it.
struct TopContainer: Encodable, Hashable, Sendable {
    let container: String
    let parent: String?
    /// Its task's id; of a pod's own container the pod's id; of others the container's.
    let task: String
    let framework: String
    let node: String
    let agentID: String
    /// Since the reading before; 100 is one processor. Nothing at first.
    let cpuPercent: Double?
    let memory: UInt64?
    let memoryLimit: UInt64?
    let processes: UInt32?
    /// Of the periods in which it wanted a processor, those in which it had to wait for its share.
    let throttledPercent: Double?
    /// Bytes a second over its networks.
    let received: Double?
    let sent: Double?

    private enum CodingKeys: String, CodingKey {
        case container, parent, task, framework, node, processes
        case agentID = "agent_id"
        case cpuPercent = "cpu_percent"
        case memory = "memory_bytes"
        case memoryLimit = "memory_limit_bytes"
        case throttledPercent = "throttled_percent"
        case received = "received_bytes_per_second"
        case sent = "sent_bytes_per_second"
    }

    /// - Parameter before: an earlier reading of it.
    init(_ now: ContainerReading, before: ContainerReading?, task: String, framework: String, node: TopNode.Identity) {
        container = now.container
        parent = now.parent
        self.task = task
        self.framework = framework
        self.node = node.name
        agentID = node.agentID
        memory = now.memory
        memoryLimit = now.memoryLimit
        processes = now.processes
        // Less than a moment apart, they are the same reading.
        let seconds = before.map { now.time - $0.time }.flatMap { $0 > 0.05 ? $0 : nil }
        cpuPercent = Self.growth(now.cpuSeconds, before?.cpuSeconds).flatMap { growth in seconds.map { growth / $0 * 100 } }
        received = Self.growth(now.received.map { Double($0) }, before?.received.map { Double($0) }).flatMap { growth in
            seconds.map { growth / $0 }
        }
        sent = Self.growth(now.sent.map { Double($0) }, before?.sent.map { Double($0) }).flatMap { growth in seconds.map { growth / $0 } }
        let periods = Self.growth(now.periods.map { Double($0) }, before?.periods.map { Double($0) })
        let throttled = Self.growth(now.throttledPeriods.map { Double($0) }, before?.throttledPeriods.map { Double($0) })
        throttledPercent = periods.flatMap { periods in throttled.map { periods > 0 ? min($0 / periods, 1) * 100 : 0 } }
    }

    /// A counter that went back began anew, so that nothing is known.
    private static func growth(_ now: Double?, _ before: Double?) -> Double? {
        guard let now, let before, now >= before else { return nil }
        return now - before
    }
}
